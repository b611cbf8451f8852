import type { Destination, UrlParameters } from '../../../../src/model/document.js'
import type { ResultKind } from './branch-editor.js'
import { DestinationEditor, NEW_SERVER } from './destination-editor.js'
import { ParametersEditor } from './parameters-editor.js'

/** What flavor rules lead to. */
export const DESTINATIONS: ResultKind<Destination> = {
  forms: [
    { value: 'server', title: 'One server', fresh: { kind: 'server', server: NEW_SERVER } },
    {
      value: 'group',
      title: 'Several servers, tried in their order',
      fresh: {
        kind: 'group',
        group: { servers: [NEW_SERVER], enablePrivate: false, countDownTime: -1 },
      },
    },
  ],
  formOf: ({ kind }) => kind,
  Editor: DestinationEditor,
}

/** What URL rules give. */
export const PARAMETERS: ResultKind<UrlParameters> = {
  forms: [{ value: 'parameters', title: 'Parameters of the URL', fresh: {} }],
  formOf: () => 'parameters',
  Editor: ({ result, at, onResult }) => (
    <ParametersEditor parameters={result} at={`${at}/parameters`} onParameters={onResult} />
  ),
}

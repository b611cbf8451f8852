import type { JSX } from 'preact'
import type { UrlParameters } from '../../../../src/model/document.js'
import { SelectField, TextField } from '../../components/field.js'
import { useProblem } from '../editor-context.js'
import { leftOut } from '../fields/left-out.js'
import { NumberField } from '../fields/number-field.js'

interface ParametersEditorProps {
  readonly parameters: UrlParameters
  /** JSON pointer of the parameters. */
  readonly at: string
  readonly onParameters: (parameters: UrlParameters, field: string) => void
}

const PROTOCOLS = ['http', 'https', 'ws', 'wss', 'xre', 'xres', 'xmpp']

const VERSIONS = [
  { value: '', title: 'not said' },
  { value: '4', title: 'IPv4' },
  { value: '6', title: 'IPv6' },
] as const

/** The parameters with one that says something, or without it. */
function withParameter<Key extends keyof UrlParameters>(
  parameters: UrlParameters,
  key: Key,
  value: UrlParameters[Key] | undefined,
): UrlParameters {
  const others = leftOut(parameters, key)
  return value === undefined ? others : { ...others, [key]: value }
}

/** What fills the URLs of servers; what is left empty is left to others. */
export function ParametersEditor(props: ParametersEditorProps): JSX.Element {
  const { parameters, at, onParameters } = props
  const { protocol, urn, port, ipVersion } = parameters
  const own = useProblem(at, 'at')
  const version = ipVersion === undefined ? '' : (`${ipVersion}` as const)
  const problem = (key: string): string => `${at}/${key}`
  return (
    <div class="form">
      {own && <p class="field-error">{own}</p>}
      <div class="field-row">
        <TextField
          label="Protocol"
          value={protocol ?? ''}
          suggestions={PROTOCOLS}
          error={useProblem(problem('protocol'))}
          onInput={(typed) =>
            onParameters(
              withParameter(parameters, 'protocol', typed === '' ? undefined : typed),
              problem('protocol'),
            )
          }
        />
        <NumberField
          label="Port"
          value={port}
          min={1}
          max={65_535}
          error={useProblem(problem('port'))}
          onNumber={(value) =>
            onParameters(withParameter(parameters, 'port', value), problem('port'))
          }
        />
        <TextField
          label="Path (urn)"
          value={urn ?? ''}
          error={useProblem(problem('urn'))}
          onInput={(typed) =>
            onParameters(
              withParameter(parameters, 'urn', typed === '' ? undefined : typed),
              problem('urn'),
            )
          }
        />
        <SelectField
          label="IP version"
          value={version}
          choices={VERSIONS}
          error={useProblem(problem('ipVersion'))}
          onSelect={(chosen) => {
            const value = chosen === '' ? undefined : chosen === '4' ? 4 : 6
            onParameters(withParameter(parameters, 'ipVersion', value), '')
          }}
        />
      </div>
    </div>
  )
}

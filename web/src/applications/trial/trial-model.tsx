import type { JSX } from 'preact'
import type { ChangeSummary, ChangeView } from '../../../../src/manage/api/changes.js'
import type { ApplicationModel } from '../../../../src/model/document.js'
import { apiPath, get } from '../../api/client.js'
import { SelectField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { useLoaded } from '../../state/use-loaded.js'
import { MODEL } from '../draft/document-kind.js'
import type { LoadedApplication } from '../page/application-page.js'

/** `stored`, `draft`, or the id of a change set. */
export type TrialModelName = string

/** Loads the model that is tried. @throws what the service refuses */
export async function trialModel(
  { state, model }: LoadedApplication,
  name: TrialModelName,
): Promise<ApplicationModel> {
  if (name === 'draft') return model
  if (name === 'stored') {
    const { content } = state.workspace.stored.value ?? {}
    if (!content) throw new Error('Nothing is stored yet.')
    return content
  }
  const change = await get<ChangeView>(apiPath(['changes', name]))
  if (change.document === null) throw new Error('The change removes the application.')
  return MODEL.read(change.document)
}

interface TrialModelFieldProps {
  readonly app: LoadedApplication
  readonly name: TrialModelName
  readonly onName: (name: TrialModelName) => void
}

/** Which model is tried. */
export function TrialModelField({ app, name, onName }: TrialModelFieldProps): JSX.Element {
  const { state } = app
  const path = apiPath(['changes'], { application: state.name, state: 'open', limit: 50 })
  const { value, error } = useLoaded((signal) =>
    get<{ items: readonly ChangeSummary[] }>(path, signal),
  )
  const choices = [
    { value: 'stored', title: 'What is stored' },
    ...(state.workspace.draft.value ? [{ value: 'draft', title: 'Your draft' }] : []),
    ...(value?.items ?? []).map(({ id, title }) => ({ value: id, title: `Change: ${title}` })),
  ]
  return (
    <>
      {error && <Notice tone="warning">Open changes cannot be tried. {error.message}</Notice>}
      <SelectField label="Tried is" value={name} choices={choices} onSelect={onName} />
    </>
  )
}

import type { JSX } from 'preact'
import type { ImpactView } from '../../../../src/manage/api/changes.js'
import { compareSlices, judgeHosts } from '../../../../src/model/impact.js'
import type { ApplicationModel, StackHosts } from '../../../../src/model/document.js'
import { writeModel } from '../../../../src/model/write-model.js'
import { apiPath, request } from '../../api/client.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { isUnreachable } from '../../offline/kept-answers.js'
import { useLoaded } from '../../state/use-loaded.js'
import { listsState, type ApplicationState } from '../application-state.js'
import { ImpactReport } from './impact-view.js'

/** The hosts as the model sees them: those that do not serve take no clients. */
function hostsOf({ stacks }: ApplicationState): readonly StackHosts[] {
  return stacks.value.map(({ path, hosts }) => ({
    path,
    hosts: hosts.map(({ ipv4, ipv6, weight, serves }) => ({
      ...(ipv4 !== null && { ipv4 }),
      ...(ipv6 !== null && { ipv6 }),
      weight: serves ? weight : 0,
    })),
  }))
}

/** What an impact is, and whether the service could not be asked for it. */
interface ToldImpact {
  readonly impact: ImpactView
  readonly isOwn: boolean
}

/** The impact as it is found here, with what is kept of lists and hosts. */
async function ownImpact(state: ApplicationState, model: ApplicationModel): Promise<ImpactView> {
  // It has been there since the application was opened.
  const { requestImpact } = await import('../trial/compiled-model.js')
  const before = state.workspace.base.value
  const lists = listsState.workspace.stored.value?.content ?? []
  const requests = await requestImpact(before && { model: before, lists }, { model, lists })
  const hosts = hostsOf(state)
  return {
    samples: requests.samples,
    origin: 'generated',
    moved: requests.moved,
    examples: requests.examples.map((each) => ({ ...each })),
    slices: [...compareSlices(before, model, hosts)],
    minimumHosts: judgeHosts(model, hosts),
  }
}

async function impactOf(
  state: ApplicationState,
  model: ApplicationModel,
  signal: AbortSignal,
): Promise<ToldImpact> {
  try {
    const path = apiPath(['applications', state.name, 'impact'])
    const body = { document: writeModel(model) }
    const { body: impact } = await request<ImpactView>('POST', path, { body, signal })
    return { impact, isOwn: false }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return { impact: await ownImpact(state, model), isOwn: true }
  }
}

/** What one's edits would do. */
export function DraftImpact(props: {
  readonly state: ApplicationState
  readonly model: ApplicationModel
}): JSX.Element {
  const { state, model } = props
  const { value, error, reload } = useLoaded((signal) => impactOf(state, model, signal), [model])
  if (error) return <ErrorState error={error} retry={reload} />
  if (!value) return <Loading what="impact" />
  return (
    <div class="stack">
      {value.isOwn && <Notice>Lists and hosts are those that were known last.</Notice>}
      <ImpactReport impact={value.impact} />
    </div>
  )
}

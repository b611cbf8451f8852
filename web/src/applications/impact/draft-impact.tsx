import type { JSX } from 'preact'
import type { ImpactView } from '../../../../src/manage/api/changes.js'
import { compareSlices, judgeHosts } from '../../../../src/model/impact.js'
import type { ApplicationModel, StackHosts } from '../../../../src/model/document.js'
import { writeModel } from '../../../../src/model/write-model.js'
import { apiPath, request } from '../../api/client.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { isUnreachable } from '../../offline/kept-answers.js'
import { useLoaded } from '../../state/use-loaded.js'
import type { ApplicationState } from '../application-state.js'
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

/** What is known without the service: slices and hosts, but no requests. */
function ownImpact(state: ApplicationState, model: ApplicationModel): ImpactView {
  const hosts = hostsOf(state)
  return {
    samples: 0,
    origin: 'given',
    moved: 0,
    examples: [],
    slices: [...compareSlices(state.workspace.base.value, model, hosts)],
    minimumHosts: judgeHosts(model, hosts),
  }
}

async function impactOf(
  state: ApplicationState,
  model: ApplicationModel,
  signal: AbortSignal,
): Promise<ImpactView> {
  try {
    const path = apiPath(['applications', state.name, 'impact'])
    const body = { document: writeModel(model) }
    return (await request<ImpactView>('POST', path, { body, signal })).body
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return ownImpact(state, model)
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
      {value.samples === 0 && (
        <Notice>No requests were tried. Hosts are those that were known last.</Notice>
      )}
      <ImpactReport impact={value} />
    </div>
  )
}

import { PointsmanError } from '../../core/errors.js'
import type { DocumentProblem, NamespacedList, StackHosts } from '../../model/document.js'
import { listsOf } from '../../model/lists-of.js'
import type { ServedModel } from '../../model/served-model.js'
import type { ModelStore, StoreNews } from '../../store/model-store.js'
import { newsOfAll } from '../../store/whole-store.js'
import type { GatewaySources } from '../gateway-plane.js'

/** Hosts that register are waited for so long. */
const HOSTS_WITHIN_MS = 5000

/** What is known of one application. */
export interface StoredApplication {
  readonly served: ServedModel
  readonly stacks: readonly StackHosts[]
  /** Whether the hosts are those that are registered now. */
  readonly isLive: boolean
}

/** Why there is nothing to be told. */
export interface Unreadable {
  readonly why: string
  readonly problems: readonly DocumentProblem[]
}

/** Where an application is looked up. */
export interface LookUpSources {
  readonly store: Pick<ModelStore, 'watch'>
  readonly discovery: GatewaySources['discovery']
}

/** The hosts that are registered; undefined when nobody says so in time. */
async function liveHosts(
  discovery: GatewaySources['discovery'],
  name: string,
): Promise<readonly StackHosts[] | undefined> {
  if (!discovery) return undefined
  const enough = AbortSignal.timeout(HOSTS_WITHIN_MS)
  const stop = new AbortController()
  enough.addEventListener('abort', () => stop.abort())
  let stacks: readonly StackHosts[] | undefined
  for await (const news of discovery.watch(stop.signal)) {
    if (news instanceof PointsmanError) continue
    stacks = news.get(name)
    stop.abort()
  }
  return stacks
}

/**
 * Looks one application up, once, with the hosts that serve it by now.
 * @throws PointsmanError STORE_LOST
 */
export async function lookUp(
  name: string,
  { store, discovery }: LookUpSources,
): Promise<StoredApplication | Unreadable> {
  const news = await newsOfAll(store)
  let lists: readonly NamespacedList[] = []
  let stacks: readonly StackHosts[] = []
  let found: StoreNews | undefined
  for (const each of news) {
    if (each.kind === 'lists') lists = each.stored.content
    else if (each.kind === 'hosts' && each.name === name) stacks = each.stacks
    else if ('name' in each && each.name === name) found = each
  }
  if (found?.kind === 'broken')
    return { why: `Version ${found.version} of ${name} cannot be read`, problems: found.problems }
  if (found?.kind !== 'application') {
    const known = news.flatMap((each) => (each.kind === 'application' ? each.name : []))
    const others = known.length > 0 ? `known: ${known.join(', ')}` : 'there is none at all'
    return { why: `There is no application ${name}; ${others}`, problems: [] }
  }
  const live = await liveHosts(discovery, name)
  const { version, content: model } = found.stored
  const names = listsOf(model)
  const served = { version, model, lists: lists.filter((list) => names.has(list.name)) }
  return { served, stacks: live ?? stacks, isLive: live !== undefined }
}

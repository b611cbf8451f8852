import type { ApplicationModel, Server, Slice } from '../../../../src/model/document.js'
import { connectionsOf, isBeyond, type CountedHosts } from '../../../../src/model/traffic.js'

interface KnownHost {
  readonly weight: number
  readonly serves: boolean
}

/** Where hosts are, as the management service tells it, or as it was known last. */
export interface KnownStack {
  /** `/DC/AZ/flavor`. */
  readonly path: string
  readonly hosts: readonly KnownHost[]
}

/** The smallest step of a slider, in percent. */
export const PERCENT_STEP = 0.01

/** The most that slices may take together. */
const MOST_PERCENT = 99.99

/** Without what sums of doubles leave behind the point. */
export function rounded(percent: number): number {
  return Number(percent.toFixed(2))
}

/** The hosts that a server stands for; undefined for one that is an absolute URL. */
function hostsBehind(
  { path, nonWhitelisted }: Server,
  stacks: readonly KnownStack[],
  whitelist: readonly string[],
): readonly KnownHost[] | undefined {
  if (path === undefined) return undefined
  const isMeant = (stack: string): boolean =>
    path.includes('/') ? stack === path : stack.endsWith(`/${path}`)
  return stacks
    .filter((stack) => isMeant(stack.path))
    .filter(
      (stack) =>
        whitelist.includes(stack.path.slice(0, stack.path.lastIndexOf('/'))) !== nonWhitelisted,
    )
    .flatMap(({ hosts }) => hosts)
}

function takesClients({ serves, weight }: KnownHost): boolean {
  return serves && weight > 0
}

/** How many hosts that take clients a server stands for; undefined for one that is an absolute URL. */
export function hostsOf(
  server: Server,
  stacks: readonly KnownStack[],
  whitelist: readonly string[],
): number | undefined {
  return hostsBehind(server, stacks, whitelist)?.filter(takesClients).length
}

/** The weight that most hosts have; undefined without hosts. */
function usualWeight(hosts: readonly KnownHost[]): number | undefined {
  const counts = new Map<number, number>()
  for (const { weight } of hosts) counts.set(weight, (counts.get(weight) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** What is to be shared out among the hosts. */
export interface Traffic {
  /** Connections of all clients together. */
  readonly connections: number
  /** The most that one host should have. */
  readonly perHost: number
  readonly counted: CountedHosts
}

/** A slice, or what is left for the default server, with what it means. */
export interface SliceRow {
  /** Undefined for the default server. */
  readonly index: number | undefined
  readonly server: Server
  readonly percent: number
  /** Undefined for an absolute URL, of which nothing is known. */
  readonly hosts: number | undefined
  /** Which most of them have; undefined without hosts. */
  readonly weight: number | undefined
  readonly connections: number
  /** Undefined without hosts. */
  readonly connectionsPerHost: number | undefined
  /** Whether hosts would have more than they should. */
  readonly isOverloaded: boolean
}

/** What no slice takes. */
export function remainderOf(slices: readonly Slice[]): number {
  return rounded(100 - slices.reduce((sum, { percent }) => sum + percent, 0))
}

/** The slices and the default server behind them, with the share of everything that each gets. */
export function sliceRows(
  { distribution, defaultServer, whitelist }: ApplicationModel,
  stacks: readonly KnownStack[],
  traffic: Traffic,
): readonly SliceRow[] {
  const rowOf = (index: number | undefined, server: Server, percent: number): SliceRow => {
    const behind = hostsBehind(server, stacks, whitelist)
    const counted = traffic.counted === 'all' ? behind : behind?.filter(takesClients)
    const hosts = counted?.length
    const connections = connectionsOf(traffic.connections, percent)
    return {
      index,
      server,
      percent,
      hosts,
      weight: counted && usualWeight(counted),
      connections,
      connectionsPerHost: hosts ? connections / hosts : undefined,
      isOverloaded: hosts !== undefined && isBeyond(connections, hosts, traffic.perHost),
    }
  }
  return [
    ...distribution.map(({ percent, server }, index) => rowOf(index, server, percent)),
    rowOf(undefined, defaultServer, remainderOf(distribution)),
  ]
}

/** The most that one slice can take of what the others leave. */
export function mostPercent(slices: readonly Slice[], index: number): number {
  const others = slices.reduce((sum, { percent }, at) => (at === index ? sum : sum + percent), 0)
  return Math.max(0, rounded(MOST_PERCENT - others))
}

/** The slices with one of them grown or shrunk; what the others have is left to them. */
export function withPercent(
  slices: readonly Slice[],
  index: number,
  percent: number,
): readonly Slice[] {
  const bounded = Math.min(mostPercent(slices, index), Math.max(PERCENT_STEP, rounded(percent)))
  return slices.map((slice, at) => (at === index ? { ...slice, percent: bounded } : slice))
}

/** An id that no slice has. */
export function freeSliceId(slices: readonly Slice[]): number {
  const taken = new Set(slices.map(({ id }) => id))
  let id = 0
  while (taken.has(id)) id += 1
  return id
}

/** How a change of percentages moves clients: each slice with where it begins and ends before and after. */
export function movedPercent(before: readonly Slice[], after: readonly Slice[]): number {
  const pathsOf = (slices: readonly Slice[]) => {
    let from = 0
    return slices.map(({ percent, server }) => {
      const to = from + percent
      const part = { from, to, path: server.path }
      from = to
      return part
    })
  }
  const [old, young] = [pathsOf(before), pathsOf(after)]
  const bounds = [...old, ...young].flatMap(({ from, to }) => [from, to])
  const edges = [...new Set([0, ...bounds, 100])].sort((a, b) => a - b)
  const pathAt = (parts: ReturnType<typeof pathsOf>, at: number) =>
    parts.find(({ to }) => at < to)?.path
  let sum = 0
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1] ?? from
    const middle = (from + to) / 2
    if (pathAt(old, middle) !== pathAt(young, middle)) sum += to - from
  }
  return rounded(sum)
}

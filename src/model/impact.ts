import type { Random } from '../core/ports.js'
import type { CompiledApplication, Parameters } from './decision.js'
import type { ApplicationModel, Server, StackHosts } from './document.js'
import { hostShortages, WhitelistedHosts } from './minimum-hosts.js'
import { placeOf } from './trial.js'

/** So many requests that would go elsewhere are shown. */
export const MOST_EXAMPLES = 20

/** A request that would go elsewhere. */
export interface MovedRequest {
  readonly parameters: Readonly<Record<string, string>>
  /** Where it goes, in words. */
  readonly before: string
  readonly after: string
}

/** What becomes of requests. */
export interface RequestImpact {
  readonly samples: number
  readonly moved: number
  readonly examples: readonly MovedRequest[]
}

/** What becomes of the default, or of a slice. */
export interface SliceImpact {
  readonly name: string
  readonly path: string
  /** What went to the same place. */
  readonly percentBefore: number
  readonly percent: number
  /** Of whitelisted stacks, those that take clients. */
  readonly hosts: number
}

/** Whether gateways would take a model. */
export interface HostVerdict {
  readonly isMet: boolean
  /** Why not, or how many hosts there are, in words. */
  readonly detail: string
}

/** Draws the same for each of two models that are compared, as long as it is begun anew for each request. */
export class RepeatedChance implements Random {
  private seed = 1
  private state = 1

  /** From here on the draws for a request come once more. */
  begin(request: number): void {
    this.seed = request
    this.state = request
  }

  /** Again what was drawn since `begin`. */
  repeat(): void {
    this.state = this.seed
  }

  /** mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Where requests go, in words that are the same for the same place: `1.9, wss://{host}:8081/shell (IPv4)`. */
function destinationOf(
  application: CompiledApplication | undefined,
  parameters: Parameters,
): string {
  if (!application) return 'nowhere'
  const { server, group } = application.decide(parameters)
  const url = application.decideUrl(parameters).parameters
  const whereTo = (each: Server): string => {
    const pairs = Object.entries(each.query).map(([key, value]) => `${key}=${value}`)
    const query = pairs.length > 0 ? `?${pairs.join('&')}` : ''
    if (each.path === undefined) return `${each.url}${query}`
    const filled = each.url
      .replace('{protocol}', url.protocol)
      .replace('{port}', String(url.port))
      .replace('{urn}', url.urn)
    const others = each.nonWhitelisted ? ', stacks that are not whitelisted' : ''
    return `${each.path}, ${filled}${query} (IPv${url.ipVersion}${others})`
  }
  return (group?.servers ?? (server ? [server] : [])).map(whereTo).join('; ')
}

/**
 * Which of some requests would go elsewhere.
 * @param before undefined for an application that is not there; both are compiled with `chance`
 */
export function compareRequests(
  before: CompiledApplication | undefined,
  after: CompiledApplication | undefined,
  samples: readonly Readonly<Record<string, string>>[],
  chance: RepeatedChance,
): RequestImpact {
  const examples: MovedRequest[] = []
  let moved = 0
  for (const [index, sample] of samples.entries()) {
    const parameters = new Map(Object.entries(sample))
    chance.begin(index)
    const was = destinationOf(before, parameters)
    chance.repeat()
    const is = destinationOf(after, parameters)
    if (was === is) continue
    moved++
    if (examples.length < MOST_EXAMPLES)
      examples.push({ parameters: sample, before: was, after: is })
  }
  return { samples: samples.length, moved, examples }
}

/** Requests that are looked at before others have their turn. */
const AT_ONCE = 50

/**
 * As `compareRequests`, with pauses in which others have their turn.
 * @param applications before and after
 */
export async function compareInTurns(
  [before, after]: readonly (CompiledApplication | undefined)[],
  samples: readonly Readonly<Record<string, string>>[],
  chance: RepeatedChance,
  pause: () => Promise<unknown>,
): Promise<RequestImpact> {
  const examples: MovedRequest[] = []
  let moved = 0
  for (let at = 0; at < samples.length; at += AT_ONCE) {
    await pause()
    const part = compareRequests(before, after, samples.slice(at, at + AT_ONCE), chance)
    moved += part.moved
    examples.push(...part.examples)
  }
  return { samples: samples.length, moved, examples: examples.slice(0, MOST_EXAMPLES) }
}

interface Share {
  readonly name: string
  readonly server: Server
  readonly percent: number
}

function rounded(percent: number): number {
  return Number(percent.toFixed(4))
}

function sharesOf({ defaultServer, distribution }: ApplicationModel): readonly Share[] {
  const sliced = distribution.reduce((sum, { percent }) => sum + percent, 0)
  const slices = distribution.map(({ id, percent, server }) => {
    return { name: `slice ${id}`, server, percent }
  })
  return [{ name: 'default', server: defaultServer, percent: rounded(100 - sliced) }, ...slices]
}

/** The default and each slice as they are to be, with the hosts that each has. */
export function compareSlices(
  before: ApplicationModel | undefined,
  after: ApplicationModel,
  stacks: readonly StackHosts[],
): readonly SliceImpact[] {
  const hosts = new WhitelistedHosts(stacks, after.whitelist)
  const known = new Map<string, number>()
  for (const { server, percent } of before ? sharesOf(before) : []) {
    const place = placeOf(server)
    known.set(place, (known.get(place) ?? 0) + percent)
  }
  return sharesOf(after).map(({ name, server, percent }) => {
    const path = placeOf(server)
    const percentBefore = rounded(known.get(path) ?? 0)
    return { name, path, percentBefore, percent, hosts: hosts.of([server]).size }
  })
}

/** Whether a model has the hosts that gateways ask for (`hostShortages`). */
export function judgeHosts(model: ApplicationModel, stacks: readonly StackHosts[]): HostVerdict {
  const shortages = hostShortages(model, stacks)
  if (shortages.length > 0)
    return { isMet: false, detail: shortages.map(({ message }) => message).join('; ') }
  const { defaultServer, distribution, whitelist, settings } = model
  if (defaultServer.path === undefined)
    return { isMet: true, detail: 'the default server is a URL, which needs no host' }
  const servers = [defaultServer, ...distribution.map(({ server }) => server)]
  const count = new WhitelistedHosts(stacks, whitelist).of(servers).size
  const detail = `the default and the slices have ${count} hosts together, and need ${settings.minimumHosts}`
  return { isMet: true, detail }
}

import type { Candidate } from '../core/candidate.js'
import type { Director } from '../core/director.js'
import { entry } from '../core/entry.js'
import type { GroupView } from '../core/group-view.js'
import { applicationGroup } from '../core/instance.js'
import type { TargetGroup } from '../core/target-group.js'
import type { CompiledApplication, Decision, Parameters, UrlDecision } from './decision.js'
import type { Server } from './document.js'
import type { ServedModel } from './served-model.js'

/** The IP version that a client is to connect by. */
export type AddressFamily = 4 | 6

/** A server that a client can be sent to. */
export interface Way {
  readonly server: Server
  /** The hosts that the server stands for, of which some serve; undefined for one that is an absolute URL. */
  readonly hosts: GroupView | undefined
}

/** Where one request can go. */
export interface Steering {
  readonly decision: Decision
  readonly url: UrlDecision
  /** In the order in which they are told; more than one for a group of servers alone; empty when nothing serves. */
  readonly ways: readonly Way[]
  /** Whether what was decided has no host that serves, so that the default server takes its place. */
  readonly isFallback: boolean
}

/** Which hosts are meant. */
interface Selection {
  /** `/DC/AZ/flavor`, or a flavor. */
  readonly path: string
  readonly isWhitelisted: boolean
  /** Undefined for both. */
  readonly family: AddressFamily | undefined
}

type ViewsOfServers = Readonly<Record<AddressFamily | 0, Map<Server, GroupView>>>

function noViews(): ViewsOfServers {
  return { 0: new Map(), 4: new Map(), 6: new Map() }
}

function stackOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function selecting({ path, isWhitelisted, family }: Selection, whitelist: ReadonlySet<string>) {
  const isStack = path.includes('/')
  const isMeant = ({ target: { instance, weight } }: Candidate): boolean => {
    if (!instance || weight === 0) return false
    const { stack, ipv4, ipv6 } = instance
    if (family !== undefined && (family === 4 ? ipv4 : ipv6) === undefined) return false
    if (isStack ? stack !== path : !stack.endsWith(`/${path}`)) return false
    return whitelist.has(stackOf(stack)) === isWhitelisted
  }
  return (serving: readonly Candidate[]): readonly Candidate[] => serving.filter(isMeant)
}

/** One version of an application's model, with the hosts that its servers stand for. */
export class SteeredApplication {
  readonly name: string
  readonly served: ServedModel
  private readonly groupName: string
  /** Takes the place of what has no hosts, with those of whitelisted stacks. */
  private readonly lastResort: Server
  private readonly compiled: CompiledApplication
  private readonly director: Director
  private readonly whitelist: ReadonlySet<string>
  private group: TargetGroup | undefined
  /** Servers of one path share their hosts, and with them the turns. */
  private views = new Map<string, GroupView>()
  /** The same views by server, found without making up what they are called: for any family, for IPv4, for IPv6. */
  private found = noViews()

  constructor(
    name: string,
    served: ServedModel,
    compiled: CompiledApplication,
    director: Director,
  ) {
    this.name = name
    this.served = served
    this.groupName = applicationGroup(name)
    const { model } = served
    this.lastResort = { ...model.defaultServer, nonWhitelisted: false }
    this.compiled = compiled
    this.director = director
    this.whitelist = new Set(model.whitelist)
  }

  /**
   * Decides where a request goes, and who of it serves; takes no turn.
   * @param mindsFamily whether hosts that lack the address family that is asked for are left out
   */
  steer(parameters: Parameters, mindsFamily = true): Steering {
    const decision = this.compiled.decide(parameters)
    const url = this.compiled.decideUrl(parameters)
    const family = mindsFamily ? url.parameters.ipVersion : undefined
    const ways = this.waysTo(decision, family)
    if (ways.length > 0 || decision.by === 'default')
      return { decision, url, ways, isFallback: false }
    const way = this.wayTo(this.lastResort, family)
    return { decision, url, ways: way ? [way] : [], isFallback: true }
  }

  private waysTo({ server, group }: Decision, family: AddressFamily | undefined): readonly Way[] {
    if (server) {
      const way = this.wayTo(server, family)
      return way ? [way] : []
    }
    return group?.servers.flatMap((each) => this.wayTo(each, family) ?? []) ?? []
  }

  private wayTo(server: Server, family: AddressFamily | undefined): Way | undefined {
    const { path, nonWhitelisted } = server
    if (path === undefined) return { server, hosts: undefined }
    const group = this.director.group(this.groupName)
    if (!group) return undefined
    if (group !== this.group) {
      this.group = group
      this.views = new Map()
      this.found = noViews()
    }
    const hosts = entry(this.found[family ?? 0], server, () =>
      this.view(group, { path, isWhitelisted: !nonWhitelisted, family }),
    )
    return hosts.size > 0 ? { server, hosts } : undefined
  }

  private view(group: TargetGroup, selection: Selection): GroupView {
    const { path, isWhitelisted, family = 0 } = selection
    const key = `${family}${isWhitelisted ? '+' : '-'}${path}`
    return entry(this.views, key, () => group.view(selecting(selection, this.whitelist)))
  }
}

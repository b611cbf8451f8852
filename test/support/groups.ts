import { Candidate, GroupLoad } from '../../src/core/candidate.js'
import type { Facts } from '../../src/core/facts.js'
import type { GroupSettings } from '../../src/core/group-settings.js'
import { targetAt, type Target } from '../../src/core/target.js'

/** The target `http://<host>:80`. */
export function targetNamed(host: string, weight = 1): Target {
  return targetAt({ scheme: 'http', host, port: 80, basePath: '', weight }, host)
}

/** Targets `t0`, `t1` and so on. */
export function manyTargets(count: number, weight = 1): Target[] {
  return Array.from({ length: count }, (_, number) => targetNamed(`t${number}`, weight))
}

/** What a data plane knows of the target `http://<host>:80`; candidates of one group share the load. */
export function candidateNamed(host: string, weight = 1, load = new GroupLoad()): Candidate {
  return new Candidate(targetNamed(host, weight), load)
}

/** The candidates `t0`, `t1` and so on of one group, each with its weight. */
export function candidatesWeighing(...weights: number[]): Candidate[] {
  const load = new GroupLoad()
  return weights.map((weight, number) => candidateNamed(`t${number}`, weight, load))
}

/** So many candidates of one group, all of weight 1. */
export function manyCandidates(count: number): Candidate[] {
  return candidatesWeighing(...Array.from({ length: count }, () => 1))
}

/** The settings of the group `web`, as they are when nothing is configured but its name. */
export function groupSettings(settings: Partial<GroupSettings> = {}): GroupSettings {
  return {
    name: 'web',
    algorithm: 'ROUND_ROBIN',
    retries: 1,
    transport: 'auto',
    tls: { verify: true },
    hashKey: 'client-ip',
    slowStartMs: 0,
    failback: true,
    rise: 2,
    fall: 3,
    allDown: 'none',
    role: undefined,
    outlierFailures: 5,
    outlierEjectionMs: 10_000,
    maxConnections: 0,
    maxQueue: 1024,
    ...settings,
  }
}

/** What is known of a client: by default nothing but its address. */
export function factsOf(facts: {
  address?: string
  path?: string
  headers?: Readonly<Record<string, string>>
  cookies?: Readonly<Record<string, string>>
}): Facts {
  return {
    clientAddress: facts.address ?? '192.0.2.1',
    path: facts.path ?? '/',
    header: (name) => facts.headers?.[name],
    cookie: (name) => facts.cookies?.[name],
  }
}

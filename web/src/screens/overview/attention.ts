import type { GatewayView, WatchView } from '../../../../src/manage/gateway-status.js'
import type { GroupView, HostsView, StatusView } from '../../../../src/manage/status.js'
import { counted, duration } from '../../components/amounts.js'
import { reasonOf } from './target-words.js'

/** Something that somebody should look at. */
export interface Trouble {
  /** `bad`: clients may be without an answer; `warning`: they are not, for now. */
  readonly severity: 'bad' | 'warning'
  readonly what: string
  readonly why: string
}

function agePhrase(seconds: number | null): string {
  return seconds === null || seconds === 0 ? '' : ` for ${duration(seconds)}`
}

function troublesOfGroup({ name, source, targets }: GroupView): readonly Trouble[] {
  const troubles: Trouble[] = []
  if (targets.length > 0 && !targets.some(({ serves }) => serves))
    troubles.push({
      severity: 'bad',
      what: `Group ${name} has no target that serves`,
      why: `None of its ${counted(targets.length, 'target')} is well`,
    })
  if (source.state === 'lost')
    troubles.push({
      severity: 'warning',
      what: `The source of group ${name} is lost${agePhrase(source.ageSeconds)}`,
      why: `${source.reason}; its last list stays`,
    })
  // What an operator wants so is no trouble.
  const down = targets.filter(({ state }) => state === 'unhealthy' || state === 'ejected')
  for (const target of down)
    troubles.push({
      severity: 'warning',
      what: `${target.address} of group ${name} is ${target.state}`,
      why: reasonOf(target),
    })
  return troubles
}

function troublesOfHosts({ file, inForce, reason, entries }: HostsView): readonly Trouble[] {
  const unanswered = entries
    .filter(({ address }) => address === null)
    .map(({ name, reason: why }): Trouble => ({
      severity: 'bad',
      what: `${name} has no address`,
      why,
    }))
  if (inForce) return unanswered
  return [{ severity: 'bad', what: `${file} is not as it should be`, why: reason }, ...unanswered]
}

function lostWatch(what: string, watch: WatchView | null): readonly Trouble[] {
  if (watch?.state !== 'lost') return []
  const why = `${watch.reason}; what was last known stays`
  return [{ severity: 'warning', what: `${what} is lost${agePhrase(watch.ageSeconds)}`, why }]
}

function troublesOfGateway({ store, discovery, applications }: GatewayView): readonly Trouble[] {
  const refused = applications.flatMap(({ name, version, refusedVersion, problems }): Trouble[] => {
    if (refusedVersion === null) return []
    const stays = version === null ? 'nothing serves in its place' : `version ${version} stays`
    const [first] = problems
    return [
      {
        severity: version === null ? 'bad' : 'warning',
        what: `Version ${refusedVersion} of application ${name} is refused; ${stays}`,
        why: first ? `${first.message}${first.path === '' ? '' : ` (${first.path})`}` : '',
      },
    ]
  })
  return [
    ...lostWatch('The store of models', store),
    ...lostWatch('Discovery', discovery),
    ...refused,
  ]
}

/** What is not as it should be, what clients notice first. */
export function troublesOf(status: StatusView): readonly Trouble[] {
  const { obstacles, groups, hosts, gateway } = status
  const all = [
    ...obstacles.map((why): Trouble => ({
      severity: 'bad',
      what: 'Clients should not be sent here now',
      why,
    })),
    ...groups.flatMap(troublesOfGroup),
    ...(hosts ? troublesOfHosts(hosts) : []),
    ...(gateway ? troublesOfGateway(gateway) : []),
  ]
  return [
    ...all.filter(({ severity }) => severity === 'bad'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ]
}

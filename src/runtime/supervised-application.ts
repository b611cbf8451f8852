import { isDeepStrictEqual } from 'node:util'
import type { GroupSettings } from '../core/group-settings.js'
import type { HealthCheckSettings } from '../checks/settings.js'
import { applicationGroup } from '../core/instance.js'
import type { Clock } from '../core/ports.js'
import type { Compile } from '../model/applications.js'
import type {
  ApplicationModel,
  DocumentProblem,
  HostCheck,
  NamespacedList,
  StackHosts,
} from '../model/document.js'
import { listsOf } from '../model/lists-of.js'
import { hostShortages } from '../model/minimum-hosts.js'
import type { ServedModel } from '../model/served-model.js'
import { validateModel } from '../model/validate.js'
import type { Versioned } from '../store/model-store.js'
import type { Log } from '../telemetry/log.js'
import type { ObservedApplication } from '../telemetry/observed.js'
import { ApplicationHosts, type HostTerms } from './application-hosts.js'
import type { SupervisedConfig } from './supervised-group.js'

/** How hosts are checked whose application says no more than where. */
const CHECK_EVERY_MS = 5000
const CHECK_WITHIN_MS = 2000

/** What an application is supervised with. */
export interface ApplicationSurroundings {
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  readonly compile: Compile
  readonly discovery: HostTerms['discovery']
  /** Told of each model that is to serve from now on, with the group of its hosts. */
  readonly onServed: (served: ServedModel, group: SupervisedConfig) => void
  /** Told of the hosts that serve from now on. */
  readonly onHosts: (stacks: readonly StackHosts[]) => void
}

/** Why a version does not serve. */
interface Refusal {
  readonly version: number
  readonly problems: readonly DocumentProblem[]
}

function healthCheckOf(check: HostCheck | undefined): HealthCheckSettings {
  if (!check) return { kind: 'none' }
  const every = { intervalMs: CHECK_EVERY_MS, timeoutMs: CHECK_WITHIN_MS, port: check.port }
  if (check.kind === 'tcp') return { kind: 'tcp', ...every }
  return {
    kind: 'http',
    ...every,
    method: 'GET',
    path: check.path,
    statuses: [{ from: 200, to: 399 }],
    body: undefined,
    fields: [],
    host: undefined,
    scheme: 'http',
    tls: { verify: true },
  }
}

/** The settings of the group that the hosts of an application are. */
export function groupSettings(application: string): GroupSettings {
  return {
    name: applicationGroup(application),
    algorithm: 'WEIGHTED',
    hashKey: 'client-ip',
    slowStartMs: 0,
    retries: 1,
    transport: 'auto',
    tls: { verify: true },
    rise: 2,
    fall: 3,
    allDown: 'none',
    failback: true,
    role: undefined,
    outlierFailures: 5,
    outlierEjectionMs: 10_000,
    maxConnections: 0,
    maxQueue: 0,
  }
}

/** One application in the control plane: which version of its model serves, why a newer one does not, and its hosts. */
export class SupervisedApplication {
  readonly hosts: ApplicationHosts
  served: ServedModel | undefined
  private servedSinceMs = 0
  private newest: Versioned<ApplicationModel> | undefined
  private lists: readonly NamespacedList[] = []
  private refusal: Refusal | undefined
  /** What was refused for nothing but too few hosts. */
  private awaitingHosts: ServedModel | undefined
  /** What is doubtful in the model that was compiled last. */
  private warnings: readonly DocumentProblem[] = []
  private readonly surroundings: ApplicationSurroundings

  constructor(surroundings: ApplicationSurroundings) {
    this.surroundings = surroundings
    this.hosts = new ApplicationHosts(surroundings.onHosts)
  }

  /** How it is, for people. */
  get observed(): ObservedApplication {
    const { served, refusal, hosts } = this
    return {
      name: this.surroundings.name,
      servedVersion: served?.version,
      servedSinceMs: this.servedSinceMs,
      refusedVersion: refusal?.version,
      problems: refusal?.problems ?? [],
      hosts: hosts.origin,
    }
  }

  /** Takes the newest model with the lists that there are; it serves if nothing speaks against it, else the one before does. */
  take(newest: Versioned<ApplicationModel>, lists: readonly NamespacedList[]): void {
    this.newest = newest
    this.lists = lists
    this.consider()
  }

  /** What is newest cannot be read. */
  takeBroken(version: number, problems: readonly DocumentProblem[]): void {
    this.newest = this.awaitingHosts = undefined
    this.refuse({ version, problems })
  }

  /** Takes the lists as they are now. */
  takeLists(lists: readonly NamespacedList[]): void {
    this.lists = lists
    if (this.newest) this.consider()
  }

  /** Takes other hosts: they may be enough for a model that was refused. */
  reconsider(): void {
    const { awaitingHosts: served } = this
    if (served && this.shortages(served).length === 0) this.serve(served)
  }

  private consider(): void {
    const { newest, lists, served: before } = this
    if (!newest) return
    const { version, content: model } = newest
    const names = listsOf(model)
    const served = { version, model, lists: lists.filter(({ name }) => names.has(name)) }
    this.awaitingHosts = undefined
    if (isDeepStrictEqual(served, before)) {
      this.refusal = undefined
      return
    }
    const problems = this.mistakes(served)
    const shortages = problems.length > 0 ? [] : this.shortages(served)
    if (shortages.length > 0) this.awaitingHosts = served
    const all = [...problems, ...shortages]
    if (all.length > 0) this.refuse({ version, problems: all })
    else this.serve(served)
  }

  private mistakes(served: ServedModel): readonly DocumentProblem[] {
    const { model, lists } = served
    const invalid = validateModel(model, { lists })
    if (invalid.length > 0) return invalid
    const compiled = this.surroundings.compile(served)
    if ('problems' in compiled) return compiled.problems
    this.warnings = compiled.application.warnings
    return []
  }

  /** Where nothing serves yet there is nothing to protect. */
  private shortages({ model }: ServedModel): readonly DocumentProblem[] {
    const stacks = this.served && this.hosts.next
    return stacks ? hostShortages(model, stacks) : []
  }

  private termsOf({ settings }: ApplicationModel): HostTerms {
    const { discovery = this.surroundings.discovery, registeredWeights } = settings
    return { discovery, registeredWeights }
  }

  private serve(served: ServedModel): void {
    const { name, clock, log, onServed } = this.surroundings
    const { version, model } = served
    const fact = { application: name, version, before: this.served?.version }
    log.info(fact, 'model serves')
    for (const warning of this.warnings) log.warn({ ...fact, ...warning }, 'model doubtful')
    this.served = served
    this.servedSinceMs = clock.wallTimeMs()
    this.refusal = this.awaitingHosts = undefined
    this.hosts.follow(this.termsOf(model))
    onServed(served, {
      settings: groupSettings(name),
      healthCheck: healthCheckOf(model.settings.hostCheck),
    })
  }

  private refuse(refusal: Refusal): void {
    if (isDeepStrictEqual(refusal, this.refusal)) return
    this.refusal = refusal
    const { name, log } = this.surroundings
    const { version, problems } = refusal
    const fact = { application: name, version, serving: this.served?.version, problems }
    log.error(fact, 'model refused')
  }
}

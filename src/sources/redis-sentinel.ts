import { setMaxListeners } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import { hostAndPort, targetAt, type Target } from '../core/target.js'
import { Bell } from '../core/wait.js'
import { KeptQuestion, type QuestionPorts } from './kept-question.js'
import { believed } from './majority.js'
import { SentinelQuestions, type RedisAddress } from './sentinel-answers.js'
import type { Source } from './source.js'
import type { StaticSurroundings } from './static.js'
import { VerifiedMaster, type RedisAccess } from './verified-master.js'

/** Where a sentinel tells that a master has moved (Redis documentation, "Pub/Sub messages"). */
const CHANNEL = '+switch-master'

/** A failover is no reason to worry: for so long the last list goes without being vouched for. */
const PATIENCE_MS = 5000

/** What the configuration says of targets that sentinels know. */
export interface RedisSentinelSettings {
  readonly kind: 'redis-sentinel'
  /** What the sentinels call the master and its replicas. */
  readonly masterName: string
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** Of the sentinels. */
  readonly password: string | undefined
  /** Which of the servers are the targets. */
  readonly role: 'master' | 'replica'
  readonly access: RedisAccess
}

/** What a sentinel source needs from outside. */
export type SentinelSurroundings = Omit<StaticSurroundings, 'report'>

/** What is known at one moment. */
interface Finding {
  /** Undefined when nothing was ever known. */
  readonly targets: readonly Target[] | undefined
  /** Why nobody vouches for them. */
  readonly trouble: PointsmanError | undefined
}

function targetOf({ host, port, address }: RedisAddress): Target {
  return targetAt({ scheme: 'redis', host, port, basePath: '', weight: 1 }, address)
}

/** One watch of the source. */
class Search {
  private readonly settings: RedisSentinelSettings
  private readonly bell = new Bell()
  private readonly sentinels: ReadonlyMap<string, KeptQuestion<readonly RedisAddress[]>>
  private readonly master: VerifiedMaster
  private wasWell = false
  private replicas: readonly RedisAddress[] | undefined

  constructor(settings: RedisSentinelSettings, { clock, random, names }: SentinelSurroundings) {
    this.settings = settings
    const ports = { clock, random, onAnswer: () => this.bell.ring() }
    const questions = new SentinelQuestions(settings.masterName, names.addresses)
    this.sentinels = new Map(
      settings.sentinels.map(({ host, port }) => [
        hostAndPort(host, port),
        this.question({ host, port }, questions, ports),
      ]),
    )
    this.master = new VerifiedMaster(settings.access, ports)
  }

  /** Tells what is found whenever something was heard, until `signal` aborts. */
  async *findings(signal: AbortSignal): AsyncGenerator<Finding, void> {
    const stop = new AbortController()
    // Each sentinel waits on it, and Node takes more than ten for a leak.
    setMaxListeners(0, stop.signal)
    const end = (): void => {
      stop.abort()
      this.bell.ring()
    }
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const following = [...this.sentinels.values()].map((each) => each.follow(stop.signal))
    try {
      while (!stop.signal.aborted) {
        yield this.look()
        await this.bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', end)
      end()
      await Promise.all([...following, this.master.close()])
    }
  }

  private question(
    sentinel: { readonly host: string; readonly port: number },
    questions: SentinelQuestions,
    ports: QuestionPorts,
  ): KeptQuestion<readonly RedisAddress[]> {
    const { password, role } = this.settings
    const server = { ...sentinel, username: undefined, password, tls: undefined }
    return new KeptQuestion(
      {
        server,
        channel: CHANNEL,
        ask: (connection, signal) =>
          role === 'master'
            ? questions.master(connection, signal)
            : questions.replicas(connection, signal),
      },
      ports,
    )
  }

  private look(): Finding {
    const testimonies = [...this.sentinels].map(([sentinel, { answer: named }]) => ({
      sentinel,
      named,
    }))
    const isMaster = this.settings.role === 'master'
    const named = believed(testimonies, isMaster ? 'one' : 'all')
    return isMaster ? this.lookForMaster(named) : this.lookForReplicas(named)
  }

  private lookForMaster(named: readonly RedisAddress[] | PointsmanError | undefined): Finding {
    const disagreement = named instanceof PointsmanError ? named : undefined
    const before = this.master.current
    const trouble = this.master.look(named instanceof PointsmanError ? undefined : named?.[0])
    const { current, isWell } = this.master
    // Its connection has ended, or its role is another: the sentinels may know more.
    if (this.wasWell && !isWell) for (const each of this.sentinels.values()) each.hurry()
    this.wasWell = isWell
    const isKnown = before ?? current
    return {
      targets: isKnown && (current ? [targetOf(current)] : []),
      trouble: disagreement ?? trouble,
    }
  }

  private lookForReplicas(named: readonly RedisAddress[] | PointsmanError | undefined): Finding {
    if (named instanceof PointsmanError)
      return { targets: this.replicas?.map(targetOf), trouble: named }
    this.replicas = named ?? this.replicas
    return { targets: this.replicas?.map(targetOf), trouble: undefined }
  }
}

/**
 * The master of a name that Redis Sentinel watches over, or its replicas. Believed is what a majority of the configured
 * sentinels says; a master must also say itself that it is one. Without a majority the last list stays, and an error
 * tells why nobody vouches for it, at once when there was none yet.
 */
export class RedisSentinelSource implements Source {
  private readonly settings: RedisSentinelSettings
  private readonly surroundings: SentinelSurroundings

  constructor(settings: RedisSentinelSettings, surroundings: SentinelSurroundings) {
    this.settings = settings
    this.surroundings = surroundings
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[] | PointsmanError, void> {
    const { clock } = this.surroundings
    let last: readonly Target[] | undefined
    let troubledAt: number | undefined
    for await (const { targets, trouble } of this.search().findings(signal)) {
      const isNews = targets !== undefined && !isDeepStrictEqual(targets, last)
      if (targets && (isNews || !trouble)) yield targets
      last = targets ?? last
      troubledAt = trouble && (troubledAt ?? clock.now())
      if (trouble && (!last || clock.now() - (troubledAt ?? 0) >= PATIENCE_MS)) yield trouble
    }
  }

  private search(): Search {
    return new Search(this.settings, this.surroundings)
  }
}

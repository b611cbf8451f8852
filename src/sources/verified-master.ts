import type { RedisLogin } from '../clients/redis/open-redis.js'
import { role } from '../clients/redis/role.js'
import { PointsmanError } from '../core/errors.js'
import type { TargetTls } from '../core/group-settings.js'
import type { Timer } from '../core/ports.js'
import { KeptQuestion, type QuestionPorts } from './kept-question.js'
import { nameOf, type RedisAddress } from './sentinel-answers.js'

/** How the servers themselves are spoken to. */
export interface RedisAccess extends RedisLogin {
  /** Undefined to go without TLS. */
  readonly tls: TargetTls | undefined
}

/** One whose role is asked at the moment. */
interface Asked {
  readonly role: KeptQuestion<string>
  readonly stop: AbortController
}

/** For so long after it was named first, one that is not promoted yet is asked in quick succession. */
const HURRY_FOR_MS = 5000
const HURRY_EVERY_MS = 100

/**
 * The server that is the master by its own word, after a majority of sentinels has named it: sentinels may name one that
 * is not promoted yet. It stays until another is, or until it says that it is the master no longer. Connections are held
 * to it and to the one that is named, so that their end tells at once that something happens.
 */
export class VerifiedMaster {
  current: RedisAddress | undefined
  private readonly access: RedisAccess
  private readonly ports: QuestionPorts
  private readonly asked = new Map<string, Asked>()
  private readonly following = new Set<Promise<void>>()
  private hurryUntil = 0
  private named = ''
  private next: Timer | undefined

  /** @param ports told when it may be another, or none */
  constructor(access: RedisAccess, ports: QuestionPorts) {
    this.access = access
    this.ports = ports
  }

  /** Whether it is there and said so lately. */
  get isWell(): boolean {
    return this.current !== undefined && this.roleOf(this.current) === 'master'
  }

  /**
   * Takes whom the sentinels name, if they agree, and looks who is the master now.
   * @returns why the one that is named is not; undefined when it is, or did not say yet
   */
  look(named: RedisAddress | undefined): PointsmanError | undefined {
    const saying = named && this.roleOf(named)
    if (saying === 'master') this.current = named
    else if (this.hasResigned) this.current = undefined
    this.forgetOthers([named, this.current])
    if (!named || saying === undefined || saying === 'master') return undefined
    this.hurry(named)
    const why = saying instanceof PointsmanError ? saying.message : `its role is ${saying}`
    return new PointsmanError(
      'SOURCE_LOST',
      `the sentinels name ${nameOf(named)} as the master, but: ${why}`,
    )
  }

  /** Resolves when nothing is left open. */
  async close(): Promise<void> {
    this.next?.cancel()
    this.forgetOthers([])
    await Promise.all(this.following)
  }

  private get hasResigned(): boolean {
    const saying = this.current && this.roleOf(this.current)
    return typeof saying === 'string' && saying !== 'master'
  }

  private roleOf(server: RedisAddress): string | PointsmanError | undefined {
    const name = nameOf(server)
    const asked = this.asked.get(name) ?? this.ask(server)
    this.asked.set(name, asked)
    return asked.role.answer
  }

  private ask({ host, address, port }: RedisAddress): Asked {
    const server = { ...this.access, host: address, port, name: host }
    const question = new KeptQuestion(
      { server, ask: async (connection) => (await role(connection)).role },
      this.ports,
    )
    const stop = new AbortController()
    const following = question.follow(stop.signal)
    this.following.add(following)
    void following.then(() => this.following.delete(following))
    return { role: question, stop }
  }

  private forgetOthers(wanted: readonly (RedisAddress | undefined)[]): void {
    const names = new Set(wanted.map((each) => each && nameOf(each)))
    for (const [name, { stop }] of this.asked) {
      if (names.has(name)) continue
      stop.abort()
      this.asked.delete(name)
    }
  }

  private hurry(named: RedisAddress): void {
    const { clock } = this.ports
    const name = nameOf(named)
    if (name !== this.named) this.hurryUntil = clock.now() + HURRY_FOR_MS
    this.named = name
    if (clock.now() > this.hurryUntil) return
    const asked = this.asked.get(name)
    this.next?.cancel()
    this.next = clock.after(HURRY_EVERY_MS, () => asked?.role.hurry())
  }
}

import type { RedisServer } from '../clients/redis/open-redis.js'
import type { RedisConnection } from '../clients/redis/redis-connection.js'
import { PointsmanError } from '../core/errors.js'
import { failureOf } from '../core/failure.js'
import type { Clock, Random } from '../core/ports.js'
import { backoffMs, Bell, jittered, pause } from '../core/wait.js'
import { Conversation } from './conversation.js'

/** Time from one question to the next, when nothing calls for an earlier one. */
const POLL_MS = 2000

const RETRY_MIN_MS = 100
const RETRY_MAX_MS = 5000

/** A conversation that lasted as long is well, and is taken up again at once when it ends. */
const WELL_AFTER_MS = 1000

/** What is asked of a Redis server or Sentinel, again and again. */
export interface Question<T> {
  readonly server: RedisServer
  /** Asks over a connection that is logged in; the signal aborts when it has taken too long. */
  readonly ask: (connection: RedisConnection, signal: AbortSignal) => Promise<T>
  /** A channel whose messages mean that the answer may be another now. */
  readonly channel?: string
}

/** What a question needs from outside. */
export interface QuestionPorts {
  readonly clock: Clock
  readonly random: Random
  /** Told of every answer, and of why there is none. */
  readonly onAnswer: () => void
}

/**
 * Keeps a server in conversation: asks it every two seconds, and at once when it says that there is news, when somebody
 * wants to know, or when the connection has ended.
 */
export class KeptQuestion<T extends object | string> {
  /** The last answer, or why there is none now; undefined before the first. */
  answer: T | PointsmanError | undefined
  private readonly question: Question<T>
  private readonly ports: QuestionPorts
  private readonly bell = new Bell()

  constructor(question: Question<T>, ports: QuestionPorts) {
    this.question = question
    this.ports = ports
  }

  /** Asks as soon as it can. */
  hurry(): void {
    this.bell.ring()
  }

  /** Asks until `signal` aborts; then nothing is left open. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.ports
    let failures = 0
    while (!isAborted(signal)) {
      const startedAt = clock.now()
      const error = await this.converse(signal)
      if (isAborted(signal)) return
      const wasWell = this.isAnswered && clock.now() - startedAt >= WELL_AFTER_MS
      this.tell(error)
      failures = wasWell ? 0 : failures + 1
      if (failures === 0) continue
      const waitMs = jittered(random, backoffMs(failures, RETRY_MIN_MS, RETRY_MAX_MS))
      await pause(clock, waitMs, signal)
    }
  }

  private get isAnswered(): boolean {
    return this.answer !== undefined && !(this.answer instanceof PointsmanError)
  }

  private tell(answer: T | PointsmanError): void {
    this.answer = answer
    this.ports.onAnswer()
  }

  /** Asks for as long as the server answers; gives the reason why it does not any more. */
  private async converse(signal: AbortSignal): Promise<PointsmanError> {
    const { server, ask, channel } = this.question
    const conversation = new Conversation(server, this.ports.clock, this.bell)
    const end = (): void => conversation.end()
    signal.addEventListener('abort', end)
    try {
      const speaker = await conversation.open(signal)
      if (channel !== undefined) await conversation.listen(channel, signal)
      for (;;) {
        this.tell(await conversation.inTime((late) => ask(speaker, late), signal))
        await this.rest()
        conversation.check()
      }
    } catch (error) {
      return failureOf(error)
    } finally {
      signal.removeEventListener('abort', end)
      conversation.end()
    }
  }

  private async rest(): Promise<void> {
    const { clock, random } = this.ports
    const timer = clock.after(jittered(random, POLL_MS), () => this.bell.ring())
    await this.bell.rung()
    timer.cancel()
  }
}

/** The compiler does not know that it changes while somebody waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

import { connect, type Socket } from 'node:net'
import { failureOf } from '../../core/failure.js'
import type { Clock, Timer } from '../../core/ports.js'
import { hostAndPort } from '../../core/target.js'
import { JuteReader, JuteWriter } from './jute.js'
import { MessageReader } from './messages.js'
import { OPCODES, type Request } from './requests.js'
import { refusalOf, ZookeeperError } from './zookeeper-error.js'

/** Ids that replies bear which belong to no request of their own (ZooKeeper's ClientCnxn). */
const EVENT_ID = -1
const PING_ID = -2
const AUTH_ID = -4
const SET_WATCHES_ID = -8

/** More requests than this do not wait for answers at one time. */
const MOST_QUESTIONS = 16_384

/** ZooKeeper's own limit for a request (jute.maxbuffer); a longer one would cost the connection. */
const LONGEST_REQUEST_BYTES = 0xfffff

/** Of the session's time: as often it is looked whether the other side is still there, and asked for a word. */
const LOOKS_PER_SESSION_TIMEOUT = 4
/** Of the session's time: a server that says nothing for so long, or answers a request no sooner, is left. */
const PATIENCE = 2 / 3

/** What a server gives to know a session by. */
export interface Ticket {
  /** 0 asks for a new session. */
  readonly id: bigint
  readonly password: Buffer
}

/** No session yet. */
export const NO_TICKET: Ticket = { id: 0n, password: Buffer.alloc(16) }

/** What a connection is opened with. */
export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly ticket: Ticket
  /** Servers that have not seen this change yet turn the connection down. */
  readonly lastZxid: bigint
  readonly sessionTimeoutMs: number
  /** `user:password`. */
  readonly login: string | undefined
  readonly clock: Clock
  /** Takes each event of a watch, before the answers that came behind it. */
  readonly onEvent: (type: number, path: string) => void
}

interface Question {
  readonly id: number
  readonly what: string
  readonly sentAt: number
  /** Throws a RangeError when the answer is not one. */
  readonly take: (code: number, reader: JuteReader) => void
  readonly reject: (error: ZookeeperError) => void
}

function lost(why: string, cause?: unknown): ZookeeperError {
  return new ZookeeperError('lost', `ZooKeeper: ${why}`, cause)
}

/** A conversation with one server; it is over with the first thing that goes wrong, apart from requests that are refused. */
export class ZookeeperConnection {
  /** Fulfilled with the reason when it is over, whoever ended it. */
  readonly closed: Promise<ZookeeperError>
  /** The newest change that the server was seen to know. */
  lastZxid: bigint
  ticket: Ticket
  /** What server and client have agreed on. */
  sessionTimeoutMs: number
  private readonly address: string
  private readonly options: ConnectionOptions
  private readonly socket: Socket
  private readonly messages = new MessageReader()
  private readonly questions: Question[] = []
  private greet: ((reader: JuteReader) => void) | undefined
  private lastId = 0
  private heardAt: number
  private watchdog: Timer | undefined
  private reason: ZookeeperError | undefined
  private tellClosed: (reason: ZookeeperError) => void = () => {}

  private constructor(options: ConnectionOptions) {
    const { host, port, lastZxid, ticket, sessionTimeoutMs, clock } = options
    this.options = options
    this.lastZxid = lastZxid
    this.ticket = ticket
    this.sessionTimeoutMs = sessionTimeoutMs
    this.heardAt = clock.now()
    this.address = hostAndPort(host, port)
    this.closed = new Promise((resolve) => (this.tellClosed = resolve))
    this.socket = connect({ host, port, noDelay: true })
    this.socket.on('data', (piece: Buffer) => this.read(piece))
    this.socket.on('error', (error) => this.fail(error))
    this.socket.on('close', () => this.end(lost(`${this.address} closed the connection`)))
  }

  /**
   * Connects, and goes on with the session of the ticket, or gets a new one.
   * @param signal ends the attempt, and means nothing to the connection that came of it
   * @throws ZookeeperError, `expired` when the session is over; nothing is left open
   */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<ZookeeperConnection> {
    const connection = new ZookeeperConnection(options)
    const cut = (): void => connection.end(lost(`${connection.address} did not answer in time`))
    signal.addEventListener('abort', cut)
    if (signal.aborted) cut()
    try {
      await connection.begin()
      return connection
    } finally {
      signal.removeEventListener('abort', cut)
    }
  }

  /** Whether requests can be sent. */
  get isOpen(): boolean {
    return this.reason === undefined
  }

  /**
   * Sends a request, also while others wait for their answers, which come in turn.
   * @throws ZookeeperError
   */
  ask<Answer>(request: Request<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { opcode, what, write, read, absent } = request
      const isWatches = opcode === OPCODES.setWatches
      const id = isWatches ? SET_WATCHES_ID : (this.lastId = (this.lastId + 1) & 0x7fffffff)
      const writer = new JuteWriter().int(id).int(opcode)
      write(writer)
      const message = writer.message()
      const obstacle = this.obstacleTo(what, message.length)
      if (obstacle) {
        reject(obstacle)
        return
      }
      const take = (code: number, reader: JuteReader): void => {
        try {
          const refusal = code === 0 ? undefined : refusalOf(code, what)
          if (!refusal) resolve(read(reader))
          else if (absent && refusal.reason === 'no-node') resolve(absent())
          else reject(refusal)
        } catch (error) {
          if (!(error instanceof ZookeeperError)) throw error
          reject(error)
        }
      }
      this.questions.push({ id, what, sentAt: this.options.clock.now(), take, reject })
      this.socket.write(message)
    })
  }

  /** Ends it at once; requests without an answer fail, and the session goes on until its time is over. */
  close(): void {
    this.end(lost('the connection was closed'))
  }

  private obstacleTo(what: string, sizeBytes: number): ZookeeperError | undefined {
    if (this.reason) return this.reason
    if (sizeBytes - 4 > LONGEST_REQUEST_BYTES)
      return new ZookeeperError(
        'refused',
        `ZooKeeper: ${what}: ${sizeBytes - 4} bytes are over its limit of ${LONGEST_REQUEST_BYTES}`,
      )
    if (this.questions.length < MOST_QUESTIONS) return undefined
    return new ZookeeperError('refused', `ZooKeeper: ${what}: too many requests at one time`)
  }

  private async begin(): Promise<void> {
    const { ticket, sessionTimeoutMs, login } = this.options
    const greeting = new JuteWriter().int(0).long(this.lastZxid).int(Math.round(sessionTimeoutMs))
    greeting.long(ticket.id).bytes(ticket.password).boolean(false)
    const greeted = new Promise<void>((resolve) => {
      this.greet = (reader) => {
        reader.int()
        this.sessionTimeoutMs = reader.int()
        this.ticket = { id: reader.long(), password: reader.bytes() }
        resolve()
      }
    })
    this.socket.write(greeting.message())
    await Promise.race([greeted, this.closed.then((reason) => Promise.reject(reason))])
    if (this.sessionTimeoutMs <= 0) {
      const expired = new ZookeeperError('expired', 'ZooKeeper: the session has expired')
      this.end(expired)
      throw expired
    }
    if (login !== undefined) this.logIn(login)
    this.look()
  }

  private logIn(login: string): void {
    const writer = new JuteWriter().int(AUTH_ID).int(OPCODES.auth).int(0)
    this.socket.write(writer.text('digest').text(login).message())
  }

  private look(): void {
    const { clock } = this.options
    const patienceMs = this.sessionTimeoutMs * PATIENCE
    const since = Math.min(this.heardAt, this.questions[0]?.sentAt ?? this.heardAt)
    if (clock.now() - since > patienceMs) {
      this.end(lost(`${this.address} has not answered for ${Math.round(patienceMs)} ms`))
      return
    }
    this.socket.write(new JuteWriter().int(PING_ID).int(OPCODES.ping).message())
    const everyMs = this.sessionTimeoutMs / LOOKS_PER_SESSION_TIMEOUT
    this.watchdog = clock.after(everyMs, () => this.look())
  }

  private read(piece: Buffer): void {
    this.heardAt = this.options.clock.now()
    try {
      for (const message of this.messages.take(piece)) {
        // Whoever got the answer before may have closed the connection.
        if (this.reason) return
        this.deliver(new JuteReader(message))
      }
    } catch (error) {
      this.fail(error)
    }
  }

  private deliver(reader: JuteReader): void {
    const { greet } = this
    if (greet) {
      this.greet = undefined
      greet(reader)
      return
    }
    const id = reader.int()
    const zxid = reader.long()
    const code = reader.int()
    if (id === PING_ID) return
    if (id === AUTH_ID) {
      if (code !== 0) this.end(refusalOf(code, 'log in'))
      return
    }
    if (id === EVENT_ID) {
      const type = reader.int()
      reader.int()
      this.options.onEvent(type, reader.text())
      return
    }
    const [question] = this.questions
    if (question?.id !== id) throw new RangeError(`an answer to ${id}, which was not its turn`)
    if (zxid > this.lastZxid) this.lastZxid = zxid
    question.take(code, reader)
    // Not before: one whose answer cannot be read fails with the connection.
    this.questions.shift()
  }

  private fail(error: unknown): void {
    const { message } =
      error instanceof RangeError
        ? { message: `answer is malformed (${error.message})` }
        : failureOf(error)
    this.end(lost(`${this.address}: ${message}`, error))
  }

  private end(reason: ZookeeperError): void {
    if (this.reason) return
    this.reason = reason
    this.watchdog?.cancel()
    this.socket.destroy()
    for (const { reject } of this.questions.splice(0)) reject(reason)
    this.tellClosed(reason)
  }
}

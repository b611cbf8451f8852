import type { Duplex } from 'node:stream'
import { PointsmanError } from '../../core/errors.js'
import { failureOf } from '../../core/failure.js'
import { refusalOf } from './refusal.js'
import { ReplyReader, type Answer, type Reply } from './reply.js'

/** A message of a channel: `['message', channel, text]`, or `['pmessage', pattern, channel, text]`. */
export type Push = readonly Reply[]

/** A command that was sent. */
interface Question {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: PointsmanError) => void
  /** Answers still to come: one for each channel that is subscribed to, one for every other command. */
  answers: number
}

/** A command as a list of texts, each with its length before it, so that nothing in them means anything. */
function encoded(words: readonly string[]): string {
  const texts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return `*${words.length}\r\n${texts.join('')}`
}

function isSubscription(name: string): boolean {
  return /^p?subscribe$/i.test(name)
}

function isMessage(reply: Reply): reply is Push {
  return Array.isArray(reply) && (reply[0] === 'message' || reply[0] === 'pmessage')
}

/**
 * A conversation with a Redis server or Sentinel, in RESP2. It is over with the first thing that goes wrong, apart from
 * commands that are refused: the socket is destroyed then.
 */
export class RedisConnection {
  /** Fulfilled with the reason when the connection is over, whoever ended it. */
  readonly closed: Promise<PointsmanError>
  private readonly socket: Duplex
  private readonly reader = new ReplyReader()
  private readonly questions: Question[] = []
  private readonly listeners: ((message: Push) => void)[] = []
  private isSubscriber = false
  private reason: PointsmanError | undefined
  private tellClosed: (reason: PointsmanError) => void = () => {}

  /** @param socket connected, or on its way */
  constructor(socket: Duplex) {
    this.socket = socket
    this.closed = new Promise((resolve) => (this.tellClosed = resolve))
    socket.on('data', (piece: Buffer) => this.read(piece))
    socket.on('error', (error) => this.end(failureOf(error)))
    socket.on('close', () => this.end(closedEarly()))
    socket.on('end', () => this.end(closedEarly()))
  }

  /**
   * Sends a command, also while others wait for their answers, which come in turn. SUBSCRIBE is answered with the last
   * of its confirmations.
   * @throws PointsmanError when it is refused, or what ended the connection
   */
  command(...words: readonly [name: string, ...rest: string[]]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.reason) {
        reject(this.reason)
        return
      }
      const subscribes = isSubscription(words[0])
      this.isSubscriber ||= subscribes
      this.questions.push({ resolve, reject, answers: subscribes ? words.length - 1 : 1 })
      this.socket.write(encoded(words))
    })
  }

  /** @param listener told of each message of the channels that are subscribed to */
  onPush(listener: (message: Push) => void): void {
    this.listeners.push(listener)
  }

  /** Ends it at once; commands without an answer fail. */
  close(): void {
    this.end(new PointsmanError('TARGET_CLOSED', 'connection closed'))
  }

  private read(piece: Buffer): void {
    try {
      for (const answer of this.reader.take(piece)) {
        // Whoever got the answer before may have closed the connection.
        if (this.reason) return
        this.deliver(answer)
      }
    } catch (error) {
      this.end(failureOf(error))
    }
  }

  private deliver(answer: Answer): void {
    if (this.isSubscriber && 'reply' in answer && isMessage(answer.reply)) {
      for (const listener of this.listeners) listener(answer.reply)
      return
    }
    const [question] = this.questions
    // A server that takes no more connections says so unasked.
    if (!question) throw 'refusal' in answer ? refusalOf(answer.refusal) : unasked()
    question.answers--
    if ('reply' in answer && question.answers > 0) return
    this.questions.shift()
    if ('reply' in answer) question.resolve(answer.reply)
    else question.reject(refusalOf(answer.refusal))
  }

  private end(reason: PointsmanError): void {
    if (this.reason) return
    this.reason = reason
    this.socket.destroy()
    for (const { reject } of this.questions.splice(0)) reject(reason)
    this.tellClosed(reason)
  }
}

function closedEarly(): PointsmanError {
  return new PointsmanError('TARGET_CLOSED', 'connection closed early')
}

function unasked(): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', 'answer is malformed (to nothing)')
}

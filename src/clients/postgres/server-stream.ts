import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { PointsmanError } from '../../core/errors.js'
import { MessageGate } from './messages.js'

/** SSLRequest: its length, and the number that stands in the place of a version. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * The answer to SSLRequest. It must come alone: what came with it in the clear would be taken for something the server
 * said under TLS (CVE-2021-23222).
 */
function checkTlsAnswer(answer: Buffer): void {
  if (answer.length === 1 && answer[0] === 0x53) return
  if (answer.length === 1 && answer[0] === 0x4e)
    throw new PointsmanError('TLS_FAILED', 'the server does not offer TLS')
  throw new PointsmanError('RESPONSE_MALFORMED', 'answer is malformed (not PostgreSQL)')
}

/**
 * A connection to a PostgreSQL server as `pg` wants it: TLS, if any, is there before `pg` begins, and what the server
 * says comes whole and well-formed. Ends with its socket, and the socket with it.
 */
export class ServerStream extends Duplex {
  private readonly gate = new MessageGate()
  private readonly tls: ConnectionOptions | undefined
  private channel: Socket

  /**
   * @param socket on its way to the server
   * @param tls what to ask of the server's TLS; none when undefined
   */
  constructor(socket: Socket, tls: ConnectionOptions | undefined) {
    super()
    this.tls = tls
    this.channel = socket
  }

  /** Called by `pg`, which believes that nothing is under way yet; `connect` is emitted when it may speak. */
  connect(): void {
    const socket = this.channel
    this.follow(socket)
    socket.once('connect', () => {
      if (this.tls) this.secure(this.tls)
      else this.begin()
    })
  }

  /** Called by `pg`. */
  setNoDelay(): void {
    this.channel.setNoDelay()
  }

  override _read(): void {
    // What comes is bounded, and pushed as it comes.
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.channel.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.channel.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.channel.destroy()
    done(error)
  }

  private follow(channel: Socket): void {
    channel.on('error', (error) => this.destroy(error))
    channel.on('close', () =>
      this.destroy(new PointsmanError('TARGET_CLOSED', 'connection closed early')),
    )
  }

  private secure(tls: ConnectionOptions): void {
    const socket = this.channel
    socket.once('data', (answer: Buffer) => {
      this.guarded(() => {
        checkTlsAnswer(answer)
        this.channel = connectTls({ ...tls, socket })
        this.follow(this.channel)
        this.channel.once('secureConnect', () => this.begin())
      })
    })
    socket.write(SSL_REQUEST)
  }

  private begin(): void {
    this.channel.on('data', (chunk: Buffer) =>
      this.guarded(() => {
        const messages = this.gate.take(chunk)
        if (messages.length > 0) this.push(messages)
      }),
    )
    this.emit('connect')
  }

  private guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Changes } from './changes.js'
import { framingOf, parseBody, parseHead, type Message } from './http-message.js'

/** What a raw target does on each of its connections; rejections that come from the peer's leaving are its normal end. */
export type Script = (connection: RawConnection) => Promise<void> | void

/** One connection to a raw target: it sends exactly the bytes it is told and keeps what it receives. */
export class RawConnection {
  readonly socket: Socket
  /** 1 for the target's first connection. */
  readonly number: number
  /** The peer has left. */
  isClosed = false
  /** Bytes received so far. */
  receivedBytes = 0
  private unread: Buffer[] = []
  private unreadBytes = 0
  private readonly changes = new Changes()

  constructor(socket: Socket, number: number) {
    this.socket = socket
    this.number = number
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length
      this.unreadBytes += chunk.length
      this.unread.push(chunk)
      this.changes.notify()
    })
    const leave = () => {
      this.isClosed = true
      this.changes.notify()
    }
    for (const event of ['end', 'error', 'close']) socket.on(event, leave)
  }

  /** The next request, whole. */
  async request(): Promise<Message> {
    const { head, body } = await this.until(() => {
      const bytes = this.joined()
      const head = parseHead(bytes)
      const body = head && parseBody(bytes, head.sizeBytes, framingOf(head.fields) ?? 0, false)
      return body && { head, body }
    })
    this.consume(head.sizeBytes + body.sizeBytes)
    return { ...head, ...body, framing: framingOf(head.fields) ?? 0 }
  }

  /** Everything up to and including `mark`, latin1. */
  async receive(mark: string): Promise<string> {
    const end = await this.until(() => {
      const at = this.joined().indexOf(mark, 0, 'latin1')
      return at < 0 ? undefined : at + mark.length
    })
    return this.consume(end).toString('latin1')
  }

  /** The next `sizeBytes` bytes. */
  async receiveBytes(sizeBytes: number): Promise<Buffer> {
    await this.until(() => (this.unreadBytes >= sizeBytes ? true : undefined))
    return this.consume(sizeBytes)
  }

  /** What has come and was not read, latin1. */
  get rest(): string {
    return this.joined().toString('latin1')
  }

  /** Sends each piece as a segment of its own: text (a character is a byte) or bytes. */
  async send(...pieces: (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      if (!this.socket.writable) return
      this.socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
      // The peer lives in this process: it reads what has come in the next turn.
      await turn()
      await turn()
    }
  }

  /** Ends in order, after what was sent. */
  end(): void {
    this.socket.end()
  }

  /** Ends with RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Resolves when the peer has left; a peer that does not is an error. */
  async left(): Promise<void> {
    await this.changes.until(
      () => (this.isClosed ? true : undefined),
      () => 'the connection is still open',
    )
  }

  private until<T>(look: () => T | undefined): Promise<T> {
    return this.changes.until(
      () => {
        const found = look()
        if (found === undefined && this.isClosed) throw new Error('the peer left')
        return found
      },
      () => `unread: ${JSON.stringify(this.rest.slice(0, 500))}`,
    )
  }

  private joined(): Buffer {
    const [first = Buffer.alloc(0), ...others] = this.unread
    if (others.length > 0) this.unread = [Buffer.concat([first, ...others])]
    return this.unread[0] ?? first
  }

  private consume(sizeBytes: number): Buffer {
    const bytes = this.joined()
    this.unread = [bytes.subarray(sizeBytes)]
    this.unreadBytes -= sizeBytes
    return bytes.subarray(0, sizeBytes)
  }
}

/** A TCP server that does what a script says, byte for byte. */
export class RawTarget {
  readonly connections: RawConnection[] = []
  /** What went wrong in scripts while the peer was there. */
  readonly errors: unknown[] = []
  private readonly server: Server
  private readonly script: Script
  private readonly changes = new Changes()

  private constructor(script: Script) {
    this.script = script
    this.server = createServer((socket) => void this.accept(socket))
  }

  /** A target on a free port of 127.0.0.1. */
  static async start(script: Script): Promise<RawTarget> {
    const target = new RawTarget(script)
    target.server.listen(0, '127.0.0.1')
    await once(target.server, 'listening')
    return target
  }

  get port(): number {
    // Listening on TCP, the address is an AddressInfo.
    return (this.server.address() as AddressInfo).port
  }

  /** Connections that the peer has not left. */
  get openConnections(): number {
    return this.connections.filter(({ isClosed }) => !isClosed).length
  }

  /** The target's nth connection, as soon as it is there. */
  connection(number: number): Promise<RawConnection> {
    return this.changes.until(
      () => this.connections[number - 1],
      () => `${this.connections.length} connections`,
    )
  }

  /** Resolves when every peer has left. */
  async deserted(): Promise<void> {
    for (const connection of this.connections) await connection.left()
  }

  close(): void {
    this.server.close()
    for (const { socket } of this.connections) socket.destroy()
  }

  private async accept(socket: Socket): Promise<void> {
    const connection = new RawConnection(socket, this.connections.length + 1)
    this.connections.push(connection)
    this.changes.notify()
    try {
      await this.script(connection)
    } catch (error) {
      if (!connection.isClosed) this.errors.push(error)
    }
  }
}

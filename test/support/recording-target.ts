import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { Changes } from './changes.js'
import { framingOf, parseBody, parseHead, type Head, type Message } from './http-message.js'
import { watchEnding, type Ending } from './raw.js'

/** The head of a request, on its connection. */
export interface SeenHead extends Head {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  readonly connection: TargetConnection
}

/** A request that came whole. */
export type SeenRequest = SeenHead & Message

/** Bytes to answer every request with, or what to do with each. */
export type Answer = string | ((request: SeenRequest) => void)

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/1\.1$/

/** A 200 with `body` and further field lines. */
export function ok(body: string, ...lines: readonly string[]): string {
  return message('HTTP/1.1 200 OK', [...lines, `Content-Length: ${body.length}`], body)
}

/** A message from its parts; no field is added. */
export function message(startLine: string, lines: readonly string[], body = ''): string {
  return [startLine, ...lines, '', body].join('\r\n')
}

/** Answers with the request's own method and target, so that answers cannot be mistaken for another's. */
export function echo(request: SeenRequest): void {
  const named = `${request.method} ${request.target}`
  request.connection.send(ok(request.method === 'HEAD' ? '' : named))
}

/** One connection of the proxy to the target. */
export class TargetConnection {
  readonly socket: Socket
  /** Every byte that came on it. */
  received = Buffer.alloc(0)
  /** Whole requests that came on it. */
  requests = 0
  /** Set it when what comes is no longer HTTP: then it is only kept in `received`. */
  tunnelled = false
  /** How the proxy left, once it did. */
  ending: Ending | undefined

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
  }

  /** Sends text (each character one byte) or bytes; nothing when the connection is gone. */
  send(data: string | Buffer): this {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    if (this.socket.writable) this.socket.write(bytes)
    return this
  }

  /** Ends in order, after what was sent. */
  end(): void {
    this.socket.end()
  }

  /** Ends with RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** A target that takes only what RFC 9112 allows, remembers it byte for byte, and answers as told. */
export class RecordingTarget {
  answer: Answer = echo
  /** Called as soon as the head of a request has come. */
  onHead: ((head: SeenHead) => void) | undefined
  readonly connections: TargetConnection[] = []
  /** Heads since the last `take`, whether or not their body came whole. */
  heads: SeenHead[] = []
  /** Whole requests since the last `take`. */
  requests: SeenRequest[] = []
  readonly server: Server
  private readonly changes = new Changes()

  constructor() {
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket))
  }

  get port(): number {
    // Listening on TCP, the address is an AddressInfo.
    return (this.server.address() as AddressInfo).port
  }

  /** As a target list has it. */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Everything seen since the last call, which it forgets. */
  take(): SeenRequest[] {
    const taken = this.requests
    this.requests = []
    this.heads = []
    return taken
  }

  /** The oldest whole request not yet taken, which it takes. */
  async request(): Promise<SeenRequest> {
    return this.until(() => this.requests.shift())
  }

  /** The oldest head not yet taken, which it takes. */
  head(): Promise<SeenHead> {
    return this.until(() => this.heads.shift())
  }

  /** Resolves when the proxy has left a connection, and says how. */
  gone(connection: TargetConnection): Promise<Ending> {
    return this.until(() => connection.ending)
  }

  /** Resolves when `look` finds something; asked whenever something comes or a connection ends. */
  until<T>(look: () => T | undefined): Promise<T> {
    const seen = () => this.heads.map((head) => head.startLine).join(', ')
    return this.changes.until(look, () => `the target has seen: ${seen()}`)
  }

  private accept(socket: Socket): void {
    const connection = new TargetConnection(socket)
    this.connections.push(connection)
    let bytes = Buffer.alloc(0)
    let head: SeenHead | undefined
    const read = () => {
      while (!connection.tunnelled) {
        head ??= this.readHead(bytes, connection)
        const body = head && parseBody(bytes, head.sizeBytes, framingOf(head.fields) ?? 0, false)
        if (!head || !body) return
        bytes = bytes.subarray(head.sizeBytes + body.sizeBytes)
        const whole = { ...head, ...body, framing: framingOf(head.fields) ?? 0 }
        head = undefined
        this.serve(whole)
      }
    }
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      connection.received = Buffer.concat([connection.received, chunk])
      try {
        read()
      } catch (error) {
        // A proxy's sender is held to the grammar: the client's assertion on the status will fail.
        connection.send(message('HTTP/1.1 599 Target saw', [`X-Why: ${String(error)}`])).end()
      }
      this.changes.notify()
    })
    watchEnding(socket, (ending) => {
      connection.ending = ending
      if (ending === 'end') socket.end()
      this.changes.notify()
    })
  }

  private readHead(bytes: Buffer, connection: TargetConnection): SeenHead | undefined {
    const head = parseHead(bytes)
    if (!head) return undefined
    const [, method = '', target = ''] = REQUEST_LINE.exec(head.startLine) ?? []
    if (method === '') throw new Error(`request line ${head.startLine}`)
    const seen = { ...head, method, target, connection }
    this.heads.push(seen)
    this.onHead?.(seen)
    return seen
  }

  private serve(request: SeenRequest): void {
    if (request.connection.tunnelled) return
    request.connection.requests++
    this.requests.push(request)
    if (typeof this.answer === 'function') this.answer(request)
    else request.connection.send(this.answer)
  }
}

/** A target on a free port of 127.0.0.1, gone with its connections when the test ends. */
export async function startTarget(t: Test, answer: Answer = echo): Promise<RecordingTarget> {
  const target = new RecordingTarget()
  target.answer = answer
  await new Promise<void>((resolve) => target.server.listen(0, '127.0.0.1', resolve))
  // A teardown that throws keeps the next ones from running: an open server must not hold the process.
  target.server.unref()
  t.teardown(() => {
    target.server.close()
    for (const { socket } of target.connections) socket.destroy()
  })
  return target
}

import { connect as connectTcp, type Socket } from 'node:net'
import type { Test } from 'tap'
import { Changes } from './changes.js'
import {
  framingOf,
  parseBody,
  parseHead,
  type Framing,
  type Head,
  type Message,
} from './http-message.js'

/** A final response, and the informational ones that came before it. */
export interface RawResponse extends Message {
  readonly status: number
  readonly informational: readonly (Head & { readonly status: number })[]
}

/** How a peer ended its side: in order, or by a reset. */
export type Ending = 'end' | 'reset'

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*$/

function statusOf(head: Head): number {
  const status = STATUS_LINE.exec(head.startLine)?.[1]
  if (status === undefined) throw new Error(`status line ${JSON.stringify(head.startLine)}`)
  return Number(status)
}

function responseFraming(method: string, status: number, head: Head): Framing {
  const framing = framingOf(head.fields)
  if (status === 204 && framing !== undefined) throw new Error('204 with framing (RFC 9112 §6)')
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  return framing ?? 'close'
}

/**
 * The response at the beginning of `bytes`, and how long it is; undefined while its end has not come.
 * @throws Error on anything a strict client would not take
 */
export function parseResponse(
  bytes: Buffer,
  method: string,
  closed: boolean,
): { response: RawResponse; sizeBytes: number } | undefined {
  const informational: (Head & { status: number })[] = []
  for (let at = 0; ;) {
    const head = parseHead(bytes, at)
    if (!head) return undefined
    at += head.sizeBytes
    const status = statusOf(head)
    if (status < 200 && status !== 101) {
      informational.push({ ...head, status })
      continue
    }
    const framing = status === 101 ? 0 : responseFraming(method, status, head)
    const body = parseBody(bytes, at, framing, closed)
    if (!body) return undefined
    const response = { ...head, ...body, status, framing, informational }
    return { response, sizeBytes: at + body.sizeBytes }
  }
}

/** Says once how the peer ended its side. */
export function watchEnding(socket: Socket, tell: (ending: Ending) => void): void {
  let ended = false
  const finish = (ending: Ending) => {
    if (!ended) tell(ending)
    ended = true
  }
  socket.on('error', () => finish('reset'))
  socket.on('end', () => finish('end'))
  socket.on('close', () => finish('end'))
}

/** A client that sends exactly the bytes it is told, and believes only what RFC 9112 allows. */
export class RawClient {
  readonly socket: Socket
  private bytes = Buffer.alloc(0)
  private ending: Ending | undefined
  private readonly changes = new Changes()

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk])
      this.changes.notify()
    })
    watchEnding(socket, (ending) => {
      this.ending = ending
      this.changes.notify()
    })
  }

  /** Sends text (each character one byte) or bytes. */
  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    return this
  }

  /** Sends `data` in pieces of `sizeBytes`, each handed to the kernel before the next. */
  async sendCut(data: string, sizeBytes: number): Promise<void> {
    for (let at = 0; at < data.length; at += sizeBytes) {
      const piece = Buffer.from(data.slice(at, at + sizeBytes), 'latin1')
      await new Promise<void>((resolve) => this.socket.write(piece, () => setImmediate(resolve)))
    }
  }

  /** Sends FIN and goes on listening. */
  end(): this {
    this.socket.end()
    return this
  }

  /** Leaves with RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** The next response to a request with `method`; rejects when the connection ends before it is whole. */
  async response(method = 'GET'): Promise<RawResponse> {
    const { response, sizeBytes } = await this.until(() => {
      const parsed = parseResponse(this.bytes, method, this.ending === 'end')
      if (!parsed && this.ending) throw new Error('the connection ended before the response did')
      return parsed
    })
    this.bytes = this.bytes.subarray(sizeBytes)
    return response
  }

  /** Sends a request and gives its response. */
  ask(request: string): Promise<RawResponse> {
    return this.send(request).response(request.slice(0, request.indexOf(' ')))
  }

  /** Whether what has come and was not read is a whole response. */
  isWhole(method = 'GET'): boolean {
    return parseResponse(this.bytes, method, this.ending === 'end') !== undefined
  }

  /** Resolves when `text` is among what has come and was not read; gives all of that. */
  received(text: string): Promise<string> {
    return this.until(() => {
      const come = this.unread()
      if (come.includes(text)) return come
      if (this.ending) throw new Error(`the connection ended before ${JSON.stringify(text)}`)
      return undefined
    })
  }

  /** Everything that has come and was not read. */
  unread(): string {
    return this.bytes.toString('latin1')
  }

  /** Everything not read until the proxy closed. */
  async rest(): Promise<string> {
    return this.until(() => (this.ending ? this.unread() : undefined))
  }

  private until<T>(look: () => T | undefined): Promise<T> {
    return this.changes.until(look, () => `unread: ${JSON.stringify(this.unread().slice(0, 2000))}`)
  }
}

/** A raw connection to 127.0.0.1, gone when the test ends. */
export async function dial(
  t: Pick<Test, 'teardown'>,
  port: number,
  localAddress = '127.0.0.1',
): Promise<RawClient> {
  const socket = connectTcp({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  const client = new RawClient(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return client
}

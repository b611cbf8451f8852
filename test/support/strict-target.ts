import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { readRequests, type StrictRequest } from './strict-requests.js'

/** A request that reached the target. */
export interface Seen extends StrictRequest {
  /** 1 for the target's first. */
  readonly number: number
}

/** What a client's requests are answered with. */
export interface Answer {
  /** Latin1; a 101 makes a tunnel of the connection, which ends with what the client sends. */
  readonly text: string
  /** Sent when the head has come, without waiting for the body. */
  readonly isEarly: boolean
  /** A 100 comes before it, if that is expected. */
  readonly continues: boolean
  /** The connection ends behind it. */
  readonly closes: boolean
}

/** Whose requests are seen, and how they are answered. */
export interface Asker {
  readonly seen: Seen[]
  /** What was wrong with what came for it. */
  readonly problems: string[]
  answer(request: Seen): Answer
}

function values({ fields }: StrictRequest, wanted: string): string[] {
  return fields.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []))
}

/** One connection to the target. */
class StrictConnection {
  private text = ''
  private isTunnel = false
  private isAnswered = false
  private asker: Asker | undefined
  private readonly target: StrictTarget
  private readonly socket: Socket

  constructor(target: StrictTarget, socket: Socket) {
    this.target = target
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.take(chunk.toString('latin1')))
    socket.on('end', () => this.end())
    socket.on('error', () => undefined)
  }

  private take(text: string): void {
    if (this.isTunnel) return
    this.text += text
    const { requests, end, problem } = readRequests(this.text)
    const known = this.asker ? 1 : 0
    this.text = this.text.slice(end)
    for (const [index, request] of requests.entries()) {
      if (index >= known) this.begin(request)
      // Its body has grown since it was begun.
      else
        this.asker?.seen.splice(-1, 1, { ...request, number: this.asker.seen.at(-1)?.number ?? 0 })
      if (request.isWhole) this.complete()
    }
    if (problem !== undefined) this.complain(problem)
  }

  private complain(problem: string): void {
    const told = `${problem} in ${JSON.stringify(this.text)}`
    if (this.asker) this.asker.problems.push(told)
    else this.target.problems.push(told)
    this.socket.destroy()
  }

  private begin(request: StrictRequest): void {
    const [from = ''] = values(request, 'x-forwarded-for')
    const asker = this.target.askers.get(from)
    if (!asker) {
      this.complain(`a request of nobody: ${JSON.stringify(request)}`)
      return
    }
    this.asker = asker
    this.isAnswered = false
    const seen = { ...request, number: ++this.target.count }
    asker.seen.push(seen)
    asker.problems.push(...this.wrongWith(seen))
    const answer = asker.answer(seen)
    if (answer.continues && values(request, 'expect').length > 0)
      this.socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    if (answer.isEarly) this.answer(answer)
    else this.later = answer
  }

  private later: Answer | undefined

  /** What a proxy must have put right. */
  private wrongWith(request: Seen): string[] {
    const problems: string[] = []
    const [host, ...otherHosts] = values(request, 'host')
    if (host !== this.target.address || otherHosts.length > 0) problems.push('its Host')
    if (!/ pointsman$/.test(values(request, 'via').at(-1) ?? '')) problems.push('its Via')
    if (request.version !== 'HTTP/1.1') problems.push('its version')
    if (!request.target.startsWith('/')) problems.push('its target')
    return problems.map((what) => `${what} is wrong: ${JSON.stringify(request)}`)
  }

  private complete(): void {
    const { later } = this
    this.later = undefined
    if (later) this.answer(later)
    this.asker = undefined
  }

  private answer({ text, closes }: Answer): void {
    if (this.isAnswered) return
    this.isAnswered = true
    this.socket.write(text, 'latin1')
    if (text.startsWith('HTTP/1.1 101')) this.isTunnel = true
    if (closes) this.socket.end()
  }

  private end(): void {
    if (!this.isTunnel && !this.asker && this.text !== '') this.complain('no whole request')
    this.socket.end()
  }
}

/** A target that believes nothing but what RFC 9112 allows in one way only, and knows whose requests it sees. */
export class StrictTarget {
  /** By the address that they come from. */
  readonly askers = new Map<string, Asker>()
  /** What was wrong with what came for nobody knows whom. */
  readonly problems: string[] = []
  /** Requests so far. */
  count = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor() {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      new StrictConnection(this, socket)
    })
  }

  /** A target on a free port of 127.0.0.1. */
  static async start(): Promise<StrictTarget> {
    const target = new StrictTarget()
    target.server.listen(0, '127.0.0.1')
    await once(target.server, 'listening')
    return target
  }

  get port(): number {
    // Listening on TCP, the address is an AddressInfo.
    return (this.server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }
}

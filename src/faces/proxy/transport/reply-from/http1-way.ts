import { Agent, type ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TargetTls } from '../../../../core/group-settings.js'
import type { Target } from '../../../../core/target.js'
import type { ReplyFromExchange } from './exchange.js'
import { Http1Carrier } from './http1-carrier.js'
import { openSocket } from './open-socket.js'
import type { Answer, Way } from './way.js'

/** How long a connection waits for its next request: Node's servers close after 5 s. */
const IDLE_MS = 4000
/** Idle connections kept for one target; those beyond it are closed. */
const MAX_IDLE = 512

/** Nothing was asked, so whatever comes cannot be the answer to what will be. */
function drop(this: Duplex): void {
  this.destroy()
}

/** Node's agent, for one target: keeps nothing once it is retired, and no connection on which bytes come unasked. */
class TargetAgent extends Agent {
  private retired = false
  private readonly open: () => Duplex

  constructor(keepAlive: boolean, open: () => Duplex) {
    super({ keepAlive, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE })
    this.open = open
  }

  override createConnection(): Duplex {
    return this.open()
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (this.retired) return false
    socket.on('data', drop)
    // Typed void, but documented to give false when the socket must not be kept: the target's Keep-Alive may be too short.
    // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression
    return super.keepSocketAlive(socket) as unknown as boolean
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    socket.off('data', drop)
    super.reuseSocket(socket, request)
  }

  retire(): void {
    this.retired = true
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }
}

/** HTTP/1.1 to one target, by node:http. */
export class Http1Way implements Way {
  readonly tls: TargetTls
  private readonly kept: TargetAgent
  /** Connections for one exchange each. */
  private readonly single: TargetAgent
  private readonly maxHeadBytes: number

  constructor(target: Target, tls: TargetTls, maxHeadBytes: number) {
    this.tls = tls
    this.maxHeadBytes = maxHeadBytes
    const open = () => openSocket(target, tls, 'http/1.1')
    this.kept = new TargetAgent(true, open)
    this.single = new TargetAgent(false, open)
  }

  carry(exchange: ReplyFromExchange, answer: Answer): void {
    const agent = exchange.request.freshConnection ? this.single : this.kept
    exchange.attach(new Http1Carrier(exchange, answer, { agent, maxHeadBytes: this.maxHeadBytes }))
  }

  retire(): void {
    this.kept.retire()
  }
}

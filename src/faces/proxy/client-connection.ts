import { plainAddress } from '../../core/client-address.js'
import type { ErrorCode } from '../../core/errors.js'
import { ActiveRequests } from './active-requests.js'
import { Expiring, type Deadlines } from './deadlines.js'
import { rawErrorReply } from './error-reply.js'
import type { Forwarding } from './forwarding.js'

/** Where a connection comes from and arrives. */
export interface Peer {
  readonly remoteAddress?: string | undefined
  readonly localPort?: number | undefined
  readonly isSecure: boolean
}

/** The socket of an HTTP/1.1 client, or the session of an HTTP/2 client. */
export interface ConnectionHold {
  /** Cuts it, whatever is under way. */
  destroy(): void
  /** Of a session: takes no new requests, and ends with the last one under way. */
  close?(): void
  /** Of HTTP/1: ends the connection behind these last words, and reads away what still comes. */
  end?(lastWords: string): void
  /** Of HTTP/1: more has come than was answered. */
  readonly hasUnread?: boolean
}

/** How long a client may go on sending after the last that it was told. */
const LINGER_MS = 2000

/** A client's connection: what all its requests share. */
export class ClientConnection extends Expiring {
  readonly address: string
  readonly localPort: string
  readonly isSecure: boolean
  /** Requests under way; more than one with HTTP/2 or pipelining. */
  readonly active = new ActiveRequests<Forwarding>()
  /** The listener it came in by is closing: the next answer is the last. */
  isDraining = false
  private idleSince: number
  /** Its parser gave up: no request comes any more. */
  private hasFailed = false
  /** What remains to be said when everybody has their answer; empty = nothing but that this is the end. */
  private lastWords: string | undefined
  private isEnding = false
  private readonly hold: ConnectionHold
  private readonly deadlines: Deadlines
  private readonly onRefused: (code: ErrorCode) => void

  constructor(
    peer: Peer,
    hold: ConnectionHold,
    deadlines: Deadlines,
    onRefused: (code: ErrorCode) => void,
  ) {
    super()
    this.onRefused = onRefused
    this.hold = hold
    this.deadlines = deadlines
    this.address = plainAddress(peer.remoteAddress ?? '')
    this.localPort = String(peer.localPort ?? '')
    this.isSecure = peer.isSecure
    this.idleSince = deadlines.now()
  }

  /** For how long it has had nothing to do; 0 while it has. */
  get idleMs(): number {
    return this.active.size > 0 ? 0 : this.deadlines.now() - this.idleSince
  }

  /** A request is done with. */
  release(forwarding: Forwarding, now: number): void {
    this.active.delete(forwarding)
    if (this.active.size > 0) return
    this.idleSince = now
    if (this.lastWords !== undefined) this.end(this.lastWords)
  }

  /** Whether the answer under way should be the last, for the listener's sake; what was asked behind it is answered first. */
  get isLastAnswer(): boolean {
    return this.isDraining && this.active.size === 1 && this.hold.hasUnread !== true
  }

  /** Its parser cannot go on: whoever is being answered gets the answer first. */
  fail(code: ErrorCode): void {
    if (this.hasFailed) return
    this.hasFailed = true
    const receiving = this.active.toArray().find(({ inbound }) => !inbound.request.isComplete)
    if (receiving?.fail(code, true)) return
    if (!receiving) this.onRefused(code)
    // A request that has its answer already gets no second one.
    const lastWords = receiving ? '' : rawErrorReply(code)
    if (this.active.size === 0) this.end(lastWords)
    else this.lastWords = lastWords
  }

  /**
   * Ends a client's socket behind what was written. What still comes is read away for a while, so that a reset does not
   * overtake the last words (RFC 9112 §9.6).
   */
  end(lastWords = ''): void {
    if (this.isEnding) return
    this.isEnding = true
    this.hold.end?.(lastWords)
    this.deadlines.arm(this, LINGER_MS)
  }

  expire(): void {
    this.cut()
  }

  /** Cuts the connection, whatever is under way. */
  cut(): void {
    this.hold.destroy()
  }

  /** Lets the client know, as far as its protocol has words for it, that it should send no further request. */
  startDraining(): void {
    this.isDraining = true
    // However long it was quiet before, it has as long again in which to send what may be on its way.
    this.idleSince = this.deadlines.now()
    this.hold.close?.()
  }
}

import type { Duplex } from 'node:stream'
import type { PointsmanError } from '../../../core/errors.js'
import type { TargetTls } from '../../../core/group-settings.js'
import type { Target } from '../../../core/target.js'

/** Names and values in turn, in the order of the wire: `['Host', 'a', 'Accept', '*' + '/*']`. */
export type FlatFields = readonly string[]

/**
 * How the body of a request is framed: none at all, so many bytes, or chunked because the length is not known.
 */
export type BodyFraming = 'none' | 'chunked' | number

/** A request as the target is to see it. */
export interface OutboundRequest {
  readonly target: Target
  readonly tls: TargetTls
  readonly method: string
  /** Path and query, byte for byte as they go on the wire. */
  readonly path: string
  /**
   * Every field but those of framing and of the connection, which the transport writes: no Content-Length,
   * Transfer-Encoding, Connection, Keep-Alive or Upgrade. Host is included. Each character is one byte (latin1).
   */
  readonly fields: FlatFields
  readonly body: BodyFraming
  /** `Expect: 100-continue` is among the fields; the body waits for `onInformational` 100 or for the client. */
  readonly expectContinue: boolean
  /** The `Upgrade` token to ask for; the transport adds `Connection: Upgrade`. */
  readonly upgrade: string | undefined
  /** Whether `TE: trailers` may be sent: the client can take trailers. */
  readonly acceptsTrailers: boolean
  /** Never take a connection that was used before. */
  readonly freshConnection: boolean
}

/** The head of a final response. */
export interface ResponseHead {
  readonly status: number
  readonly reason: string
  /** All fields as they came, except that framing has been checked; each character is one byte (latin1). */
  readonly fields: FlatFields
  /**
   * How the body that follows is framed: `none` (HEAD, 204, 304, or length 0), a number of bytes, or `chunked` when its
   * length is known only at its end, whichever way the target framed it.
   */
  readonly body: BodyFraming
}

/**
 * What a transport tells of one exchange, in this order: onReady · onInformational* · (onUpgrade | onHead · onData* · onEnd),
 * with onLull whenever nothing more is there after onHead or onData.
 * onError may come at any point instead of the rest, and is the last call. After `abort()` nothing is called any more.
 * Calls never come from within `send`.
 */
export interface ResponseHandler {
  /** The head is on its way on an open connection; from now on a retry is no longer free. The body may be written. */
  onReady(reused: boolean): void
  /** A response with status 100 to 199, but not 101. */
  onInformational(status: number, fields: FlatFields): void
  onHead(head: ResponseHead): void
  /**
   * One piece of the body, which is the callee's until this returns.
   * @returns false when it needs the piece for longer: it keeps it, and those already read that may still come, until `resume`,
   * and is spared others so long
   */
  onData(chunk: Buffer): boolean
  /** No more of the response has come for now: what was told so far must not wait for it. */
  onLull(): void
  /** The response came whole. `trailers` is empty when there were none. */
  onEnd(trailers: FlatFields): void
  /** The target answered 101; the socket is the callee's, `head` holds bytes that came with the answer. */
  onUpgrade(status: number, fields: FlatFields, socket: Duplex, head: Buffer): void
  /** `write` returned false, and the target takes data again. */
  onDrain(): void
  onError(error: PointsmanError): void
}

/** One request under way. */
export interface Exchange {
  /** A piece of the request's body, after onReady; false = stop until onDrain. */
  write(chunk: Buffer): boolean
  /** The request's body is complete. Call once, also when `body` is `none` (then before or after onReady). */
  end(trailers: FlatFields): void
  /** Lets data come again after onData returned false. */
  resume(): void
  /** Gives up: the target sees a cut connection or a reset stream. Safe at any time, any number of times. */
  abort(): void
}

/** A way to targets. Time-outs are the caller's business: it calls `abort`. */
export interface Transport {
  send(request: OutboundRequest, handler: ResponseHandler): Exchange
  /** Drops the idle connections to targets for which `keep` says false. */
  prune(keep: (target: Target) => boolean): void
  /** Drops all idle connections, and refuses to keep others; exchanges under way are not touched. */
  close(): void
}

import type { Socket } from 'node:net'
import type { BodyFraming, FlatFields } from './transport/transport.js'

/** The versions of HTTP that clients are served in, as `Via` names them. */
export type HttpVersion = '1.0' | '1.1' | '2'

/** Takes the body of a request, piece by piece. */
export interface BodyReader {
  /** @returns false to be spared further pieces until `readBody` is called again */
  onPiece(chunk: Buffer): boolean
  /** The body has been read to its end. */
  onBodyComplete(trailers: FlatFields): void
}

/** A client's connection, to be spoken on in another protocol. */
export interface SwitchedClient {
  readonly socket: Socket
  /** What came behind the request; the socket's end may have come, too. */
  readonly early: Buffer
}

/** A client's request, over any version of the protocol. */
export interface ServerRequest {
  readonly version: HttpVersion
  readonly method: string
  /** The request target as it came. */
  readonly url: string
  /** Without HTTP/2's pseudo-fields. */
  readonly fields: FlatFields
  /** HTTP/2's `:authority`; empty when there is none. */
  readonly authority: string
  /** HTTP/2 said that nothing follows the head; HTTP/1 says so in its fields. */
  readonly endsWithHead: boolean
  /** All of it has come, though maybe not been read. */
  readonly isComplete: boolean
  /** The body was read to its end, or there is none. */
  readonly isRead: boolean
  /** Says how the fields frame the body; HTTP/1 reads none before that. */
  expectBody(framing: BodyFraming): void
  /** Hands the body to `reader` from now on; it may get pieces before this returns. */
  readBody(reader: BodyReader): void
  /** Nobody takes the body for now. */
  pauseBody(): void
  /**
   * Nobody wants the rest of the body: it is read away.
   * @param onOver called once, when it is over or the client is gone
   */
  discardBody(onOver: () => void): void
  /** After a 101: the session has nothing to do with the connection any more. */
  switchProtocol(): SwitchedClient
}

/** The head of a response as the client is to get it. */
export interface ReplyHead {
  readonly status: number
  readonly reason: string
  /** Names and values in turn, without what concerns the client's connection or the coding of the body. */
  readonly fields: FlatFields
  /** `chunked` when the length is not known: HTTP/1.0 ends its connection then. */
  readonly body: BodyFraming
  /** Whether the client's connection ends with this response. */
  readonly closes: boolean
}

/** What becomes of a reply. */
export interface ReplyEvents {
  /** The client has taken all that it was given, after `write` said that it had not. */
  onReplyDrain(): void
  /** It was written to its end, and the client has not taken all of it yet. */
  onReplyWaits(): void
  /** Called once, last: all of it was handed to the client's socket, or never will be. */
  onReplyClosed(): void
}

/** The answer to a client's request, over any version of the protocol. */
export interface ServerReply {
  /** Everything was handed to the client's socket. */
  readonly isFinished: boolean
  listen(events: ReplyEvents): void
  /** Whether the protocol can say `status`. */
  takes(status: number): boolean
  /** A response that comes before the final one; `fields` as the client is to get them. */
  writeInformational(status: number, fields: FlatFields): void
  /** Leaves with the first piece of the body, or by `flush`. */
  writeHead(head: ReplyHead): void
  /** @returns false when the client does not keep up: `chunk` is needed until `onReplyDrain` */
  write(chunk: Buffer): boolean
  /** What was written must not wait for more. */
  flush(): void
  /** @param trailers sent where the body's framing has room for them */
  end(trailers: FlatFields): void
  /** Tells the client that the rest of its request is not wanted, where the protocol has words for it. */
  declineRest(): void
  /** Breaks off so that the client sees that the response is not whole. */
  cut(): void
}

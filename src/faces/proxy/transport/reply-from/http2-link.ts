import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { TargetTls } from '../../../../core/group-settings.js'
import type { Target } from '../../../../core/target.js'
import type { OutboundRequest } from '../transport.js'
import { requestHeaders } from './http2-fields.js'
import { openSocket } from './open-socket.js'

/** Node resets a stream with more fields than this, 128 by default; the size of a head is limited elsewhere. */
const MAX_FIELDS = 65_535

/** One HTTP/2 connection to a target, for many exchanges at a time. */
export class Http2Link {
  readonly session: ClientHttp2Session
  readonly maxHeadBytes: number
  /** The TCP connection stood. */
  reached = false
  /** The session stands. */
  connected = false
  /** What ended the connection; undefined while it stands, and when it was closed in order. */
  failure: unknown
  private streams = 0
  private retired = false
  private doubted = false

  constructor(target: Target, tls: TargetTls, maxHeadBytes: number) {
    this.maxHeadBytes = maxHeadBytes
    const socket = openSocket(target, tls, 'h2')
    const note = (error: unknown) => {
      this.failure ??= error
    }
    socket.once('connect', () => {
      this.reached = true
    })
    // Before the session's own listener, which ends the streams.
    socket.once('error', note)
    this.session = connect('http://target', {
      createConnection: () => socket,
      maxHeaderListPairs: MAX_FIELDS,
      settings: { enablePush: false, maxHeaderListSize: maxHeadBytes },
    })
    this.session.once('connect', () => this.takeConnect(socket))
    this.session.on('error', note)
  }

  /** Whether another exchange can begin here. */
  get takesMore(): boolean {
    const { closed, destroyed, remoteSettings } = this.session
    if (closed || destroyed || this.retired || this.doubted) return false
    return this.streams < (remoteSettings.maxConcurrentStreams ?? Infinity)
  }

  /** @throws Error when Node refuses to send such a request */
  open(request: OutboundRequest): ClientHttp2Stream {
    const hasBody = request.body !== 'none'
    const options = { endStream: !hasBody, waitForTrailers: hasBody }
    const stream = this.session.request(requestHeaders(request), options)
    this.streams++
    stream.once('close', () => {
      this.streams--
      // A connection that is not there yet, and for which nobody waits any more, is none to wait for.
      if (this.streams === 0 && (this.retired || !this.connected)) this.leave()
    })
    return stream
  }

  /**
   * Somebody waited here in vain: the target may be gone without a word, and many would wait with him until TCP finds out.
   * The connection takes no further exchange until a ping has come back.
   */
  doubt(): void {
    if (!this.connected || this.doubted || this.session.destroyed) return
    this.doubted = this.session.ping((error) => {
      this.doubted = error !== null
    })
  }

  /** Takes no further exchange, and closes with the last one under way. */
  retire(): void {
    this.retired = true
    if (this.streams === 0) this.leave()
  }

  private leave(): void {
    // In order, a connection closes only if the target still answers.
    if (this.connected && !this.doubted) this.session.close()
    else this.session.destroy()
  }

  private takeConnect(socket: Socket): void {
    if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      this.session.destroy(new Error('the target did not agree on HTTP/2 (ALPN)'))
    } else this.connected = true
  }
}

import { METHODS, type IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Facts } from '../../core/facts.js'
import type { ErrorCode } from '../../core/errors.js'
import { clientAddress } from './client-address.js'
import type { ClientConnection, TrustedPeers } from './client-connection.js'
import { listMembers, parseContentLength } from './field-syntax.js'
import { hostName, parseRequestTarget } from './request-target.js'
import type { BodyFraming } from './transport/transport.js'

/** Node's request, over either version of the protocol. */
export type ServerRequest = IncomingMessage | Http2ServerRequest

/** More fields than this are refused, whatever their size. */
const MAX_FIELDS = 1000

/** Those of Node's parser, which refuses others itself; over HTTP/2 they come this far. */
const KNOWN_METHODS = new Set(METHODS)

function isHttp2(request: ServerRequest): request is Http2ServerRequest {
  // Not by the version, which an HTTP/1.1 client may write as it likes.
  return 'stream' in request
}

/** A client's request, checked and read once: everything that routing, balancing and forwarding ask of it. */
export class Inbound implements Facts {
  readonly request: ServerRequest
  readonly connection: ClientConnection
  readonly method: string
  /** Names and values in turn, as they came; of HTTP/2 without the pseudo-fields. */
  readonly fields: readonly string[]
  path = '/'
  query = ''
  /** The `Host` field or the authority; empty when there is none. */
  hostField = ''
  hostName = ''
  body: BodyFraming = 'none'
  /** Lower-case names that `Connection` nominates as being of this hop only. */
  nominated: readonly string[] = []
  upgrade: string | undefined
  expectsContinue = false
  acceptsTrailers = false
  /** Whether it is certain where the request ends. */
  isFramed = false

  private readonly url: string
  private readonly trusted: TrustedPeers
  private hostCount = 0
  private codings = 0
  private headBytes = 0
  private knowsExpectation = true

  /**
   * @param url the request target as it came
   * @param trusted whose word counts on where a request comes from
   */
  constructor(
    request: ServerRequest,
    connection: ClientConnection,
    url: string,
    trusted: TrustedPeers,
  ) {
    this.url = url
    this.trusted = trusted
    this.request = request
    this.connection = connection
    this.method = request.method ?? ''
    this.fields = isHttp2(request)
      ? request.rawHeaders.filter((_, i, raw) => !raw[i - (i % 2)]?.startsWith(':'))
      : request.rawHeaders
  }

  get isHttp2(): boolean {
    return isHttp2(this.request)
  }

  get isHttp10(): boolean {
    return this.request.httpVersion === '1.0'
  }

  private get isKnownVersion(): boolean {
    return this.isHttp2 || this.isHttp10 || this.request.httpVersion === '1.1'
  }

  /** The protocol's version as `Via` names it. */
  get version(): string {
    return this.isHttp2 ? '2' : this.request.httpVersion
  }

  get clientAddress(): string {
    return clientAddress(this.connection.address, this.header('x-forwarded-for'), this.trusted)
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }

  cookie(name: string): string | undefined {
    for (const pair of (this.request.headers.cookie ?? '').split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
    return undefined
  }

  /**
   * Reads and checks the head.
   * @param maxBytes of all names and values, with what separates them on the wire
   * @returns what is wrong with it, or undefined
   */
  check(maxBytes: number): ErrorCode | undefined {
    if (this.method === 'CONNECT') return 'METHOD_REFUSED'
    if (this.fields.length > 2 * MAX_FIELDS) return 'REQUEST_HEAD_TOO_LARGE'
    this.isFramed =
      this.isKnownVersion &&
      KNOWN_METHODS.has(this.method) &&
      this.readFields() &&
      this.checkFraming()
    if (!this.isFramed) return 'REQUEST_MALFORMED'
    if (this.headBytes + this.url.length > maxBytes) {
      // As where the parser itself finds it too large.
      this.isFramed = false
      return 'REQUEST_HEAD_TOO_LARGE'
    }
    this.checkUpgrade()
    if (!this.readTarget()) return 'REQUEST_MALFORMED'
    return this.knowsExpectation ? undefined : 'EXPECTATION_FAILED'
  }

  private readFields(): boolean {
    const { fields } = this
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = fields[i] ?? ''
      this.headBytes += name.length + (fields[i + 1] ?? '').length + 4
      // Only names of these lengths matter here; the others cost one look.
      switch (name.length) {
        case 2:
        case 4:
        case 6:
        case 7:
        case 10:
        case 14:
        case 17:
          if (!this.readField(name.toLowerCase(), fields[i + 1] ?? '')) return false
      }
    }
    return true
  }

  private readField(name: string, value: string): boolean {
    switch (name) {
      case 'host':
        this.hostField = value
        this.hostCount++
        return true
      case 'connection':
        this.nominated = [...this.nominated, ...listMembers(value)]
        return true
      case 'content-length': {
        const length = parseContentLength(value)
        if (length === undefined || this.body !== 'none') return false
        this.body = length
        return true
      }
      case 'transfer-encoding':
        this.codings++
        return value.toLowerCase() === 'chunked'
      case 'te':
        this.acceptsTrailers ||= listMembers(value).includes('trailers')
        return true
      case 'expect':
        this.expectsContinue = value.toLowerCase() === '100-continue' && !this.isHttp10
        this.knowsExpectation &&= this.expectsContinue || this.isHttp10
        return true
      case 'upgrade':
        this.upgrade = this.upgrade === undefined ? value : `${this.upgrade}, ${value}`
        return true
      default:
        return true
    }
  }

  /** RFC 9112 §6: one length or one final `chunked`, never both, and HTTP/1.0 knows no coding. */
  private checkFraming(): boolean {
    if (isHttp2(this.request)) {
      if (this.codings > 0) return false
      if (this.body === 'none' && !this.request.stream.endAfterHeaders) this.body = 'chunked'
      return true
    }
    if (this.codings > 1 || (this.codings > 0 && (this.isHttp10 || this.body !== 'none'))) {
      return false
    }
    if (this.codings > 0) this.body = 'chunked'
    return true
  }

  /** RFC 9110 §7.8: an `Upgrade` that `Connection` does not list is not meant for us. */
  private checkUpgrade(): void {
    const { request } = this
    // What Node's parser does not take for one it goes on reading as HTTP.
    const isUpgrade = 'upgrade' in request && request.upgrade === true
    if (!isUpgrade || !this.nominated.includes('upgrade')) this.upgrade = undefined
  }

  private readTarget(): boolean {
    const target = parseRequestTarget(this.url)
    if (!target || (target.path === '*' && this.method !== 'OPTIONS')) return false
    this.path = target.path
    this.query = target.query
    if (isHttp2(this.request)) {
      const authority = this.request.authority
      if (authority !== '') this.hostField = authority
    } else if (this.hostCount > 1 || (this.hostCount === 0 && !this.isHttp10)) return false
    // RFC 9112 §3.2.2: the target's authority replaces the field.
    if (target.authority !== undefined) this.hostField = target.authority
    const name = hostName(this.hostField)
    this.hostName = name ?? ''
    return name !== undefined
  }
}

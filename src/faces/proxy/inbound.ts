import { METHODS } from 'node:http'
import type { Facts } from '../../core/facts.js'
import type { ErrorCode } from '../../core/errors.js'
import { clientAddress, type TrustedPeers } from '../../core/client-address.js'
import type { ClientConnection } from './client-connection.js'
import type { ServerRequest } from './client-message.js'
import { isNamed, listMembers, parseWholeNumber } from './field-syntax.js'
import { hostName, isOneLine, parseRequestTarget } from './request-target.js'
import type { BodyFraming, FlatFields } from './transport/transport.js'

/** More fields than this are refused, whatever their size. */
const MAX_FIELDS = 1000

/** Those that are refused in HTTP/1 already; over HTTP/2 others come this far. */
const KNOWN_METHODS = new Set(METHODS)

const NO_NAMES: readonly string[] = []

/** A client's request, checked and read once: everything that routing, balancing and forwarding ask of it. */
export class Inbound implements Facts {
  readonly request: ServerRequest
  readonly connection: ClientConnection
  readonly method: string
  /** Names and values in turn, as they came. */
  readonly fields: FlatFields
  path = '/'
  query = ''
  /** The `Host` field or the authority; empty when there is none. */
  hostField = ''
  hostName = ''
  body: BodyFraming = 'none'
  /** Lower-case names that `Connection` nominates as being of this hop only. */
  nominated = NO_NAMES
  upgrade: string | undefined
  expectsContinue = false
  acceptsTrailers = false
  /** Whether it is certain where the request ends. */
  isFramed = false

  private readonly trusted: TrustedPeers
  private hostCount = 0
  private codings = 0
  private headBytes = 0
  private knowsExpectation = true

  /** @param trusted whose word counts on where a request comes from */
  constructor(request: ServerRequest, connection: ClientConnection, trusted: TrustedPeers) {
    this.trusted = trusted
    this.request = request
    this.connection = connection
    this.method = request.method
    this.fields = request.fields
  }

  get clientAddress(): string {
    return clientAddress(this.connection.address, this.header('x-forwarded-for'), this.trusted)
  }

  /** Whether the client, or its protocol, wants the connection to end with the answer. */
  get isLast(): boolean {
    switch (this.request.version) {
      case '1.0':
        return !this.nominated.includes('keep-alive') || this.nominated.includes('close')
      case '1.1':
        // A target that does not upgrade leaves open what the client's next bytes are.
        return this.upgrade !== undefined || this.nominated.includes('close')
      case '2':
        return false
    }
  }

  header(name: string): string | undefined {
    return this.joined(name, ', ')
  }

  private joined(name: string, separator: string): string | undefined {
    const { fields } = this
    let value: string | undefined
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const own = fields[i] ?? ''
      if (!isNamed(own, name)) continue
      const next = fields[i + 1] ?? ''
      value = value === undefined ? next : value + separator + next
    }
    return value
  }

  cookie(name: string): string | undefined {
    for (const pair of (this.joined('cookie', '; ') ?? '').split(';')) {
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
    this.isFramed = KNOWN_METHODS.has(this.method) && this.readFields() && this.checkFraming()
    if (!this.isFramed) return 'REQUEST_MALFORMED'
    this.request.expectBody(this.body)
    if (this.headBytes + this.request.url.length > maxBytes) {
      // As where it is found too large before it is whole.
      this.isFramed = false
      return 'REQUEST_HEAD_TOO_LARGE'
    }
    this.checkUpgrade()
    if (!this.readTarget()) {
      this.isFramed = isOneLine(this.request.url)
      return 'REQUEST_MALFORMED'
    }
    return this.knowsExpectation ? undefined : 'EXPECTATION_FAILED'
  }

  private readFields(): boolean {
    const { fields } = this
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = fields[i] ?? ''
      this.headBytes += name.length + (fields[i + 1] ?? '').length + 4
      if (!this.readField(name, fields[i + 1] ?? '')) return false
    }
    return true
  }

  private readField(name: string, value: string): boolean {
    // Those that matter here differ in length: one look tells the others from them.
    switch (name.length) {
      case 2:
        if (isNamed(name, 'te')) this.acceptsTrailers ||= listMembers(value).includes('trailers')
        return true
      case 4:
        if (isNamed(name, 'host')) {
          this.hostField = value
          this.hostCount++
        }
        return true
      case 6:
        if (isNamed(name, 'expect')) this.readExpectation(value)
        return true
      case 7:
        if (isNamed(name, 'upgrade'))
          this.upgrade = this.upgrade === undefined ? value : `${this.upgrade}, ${value}`
        return true
      case 10:
        if (isNamed(name, 'connection')) this.nominated = this.nominated.concat(listMembers(value))
        return true
      case 14:
        return !isNamed(name, 'content-length') || this.readLength(value)
      case 17:
        if (!isNamed(name, 'transfer-encoding')) return true
        this.codings++
        return value.toLowerCase() === 'chunked'
      default:
        return true
    }
  }

  private readExpectation(value: string): void {
    const isOld = this.request.version === '1.0'
    this.expectsContinue = value.toLowerCase() === '100-continue' && !isOld
    this.knowsExpectation &&= this.expectsContinue || isOld
  }

  private readLength(value: string): boolean {
    const length = parseWholeNumber(value)
    if (length === undefined || this.body !== 'none') return false
    this.body = length
    return true
  }

  /** RFC 9112 §6: one length or one final `chunked`, never both, and HTTP/1.0 knows no coding. */
  private checkFraming(): boolean {
    if (this.request.version === '2') {
      if (this.codings > 0) return false
      if (this.body === 'none' && !this.request.endsWithHead) this.body = 'chunked'
      return true
    }
    if (
      this.codings > 1 ||
      (this.codings > 0 && (this.request.version === '1.0' || this.body !== 'none'))
    ) {
      return false
    }
    if (this.codings > 0) this.body = 'chunked'
    return true
  }

  /**
   * An upgrade is passed on when `Connection` lists it (RFC 9110 §7.8). One to HTTP/2 in the clear is not: the target would
   * speak it to us. Nor is one with a body, which would have to be told from the protocol that follows.
   */
  private checkUpgrade(): void {
    if (this.upgrade === undefined) return
    const { version } = this.request
    const hasBody = this.body !== 'none' && this.body !== 0
    const tokens = listMembers(this.upgrade)
    const isMeant = version === '1.1' && !hasBody && this.nominated.includes('upgrade')
    if (!isMeant || tokens.length === 0 || tokens.includes('h2c')) this.upgrade = undefined
  }

  private readTarget(): boolean {
    const target = parseRequestTarget(this.request.url)
    if (!target || (target.path === '*' && this.method !== 'OPTIONS')) return false
    this.path = target.path
    this.query = target.query
    const { version, authority } = this.request
    if (version === '2') {
      if (authority !== '') this.hostField = authority
    } else if (this.hostCount > 1 || (this.hostCount === 0 && this.request.version !== '1.0'))
      return false
    // RFC 9112 §3.2.2: the target's authority replaces the field.
    if (target.authority !== undefined) this.hostField = target.authority
    const name = hostName(this.hostField)
    this.hostName = name ?? ''
    return name !== undefined
  }
}

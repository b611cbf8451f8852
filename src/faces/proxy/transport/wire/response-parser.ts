import { PointsmanError } from '../../../../core/errors.js'
import {
  END_OF_HEAD,
  findHead,
  isFieldValue,
  LINE_END,
  parseFieldSection,
  parseWholeNumber,
} from '../../field-syntax.js'
import type { FlatFields, ResponseHead } from '../transport.js'
import { ChunkedBody } from '../../chunked-body.js'
import { namesProtocol, responseFraming, type ResponseFraming } from './framing.js'

/** What a parser tells, in the order of the wire. */
export interface ResponseEvents {
  onInformational(status: number, fields: FlatFields): void
  /** 101 to a request that asked for it: the bytes after it are not HTTP. */
  onSwitching(status: number, fields: FlatFields): void
  onHead(head: ResponseHead): void
  onData(chunk: Buffer): void
  onComplete(trailers: FlatFields): void
}

/** What the parser must know of the request to read its response. */
export interface ResponseContext {
  readonly isHead: boolean
  readonly mayUpgrade: boolean
}

type State = 'head' | 'length' | 'chunked' | 'until-close' | 'complete'

const VERSION_PREFIX = 'HTTP/1.'
const NO_FIELDS: FlatFields = []
const EMPTY = Buffer.alloc(0)

function malformed(what: string): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', `The target's response is malformed: ${what}`)
}

function tooLarge(maxHeadBytes: number): PointsmanError {
  const text = `The response head is over ${maxHeadBytes} bytes`
  return new PointsmanError('RESPONSE_HEAD_TOO_LARGE', text)
}

interface StatusLine {
  readonly minorVersion: number
  readonly status: number
  readonly reason: string
}

const STATUS_AT = 'HTTP/1.1 '.length
const REASON_AT = STATUS_AT + '200 '.length

/**
 * RFC 9112 §4, and the blank after the status may be missing, as many servers have it.
 * @param end where the line ends in `text`
 */
function parseStatusLine(text: string, end: number): StatusLine | undefined {
  const minorVersion = text.startsWith('HTTP/1.1 ') ? 1 : text.startsWith('HTTP/1.0 ') ? 0 : -1
  const status = parseWholeNumber(text.slice(STATUS_AT, REASON_AT - 1))
  if (minorVersion < 0 || status === undefined || status < 100) return undefined
  if (end === REASON_AT - 1) return { minorVersion, status, reason: '' }
  const reason = text.slice(REASON_AT, end)
  const isWhole = end >= REASON_AT && text.charCodeAt(REASON_AT - 1) === 32 && isFieldValue(reason)
  return isWhole ? { minorVersion, status, reason } : undefined
}

/** A head that has not ended yet but can become nothing good: better refused now than waited for. */
function isHopeless(start: Buffer): boolean {
  const prefix = start.toString('latin1', 0, VERSION_PREFIX.length)
  if (!VERSION_PREFIX.startsWith(prefix)) return true
  for (let at = start.indexOf(10); at >= 0; at = start.indexOf(10, at + 1)) {
    if (at === 0 || start[at - 1] !== 13) return true
  }
  return start.includes(0)
}

/** Reads the response to one request from whatever pieces the network cuts it into (RFC 9112), strictly. */
export class ResponseParser {
  private state: State = 'head'
  private partial: Buffer = EMPTY
  private remaining = 0
  private chunked: ChunkedBody | undefined
  private framing: ResponseFraming | undefined
  private readonly events: ResponseEvents
  private readonly context: ResponseContext
  private readonly maxHeadBytes: number

  constructor(events: ResponseEvents, context: ResponseContext, maxHeadBytes: number) {
    this.events = events
    this.context = context
    this.maxHeadBytes = maxHeadBytes
  }

  /** The response has come whole. */
  get isComplete(): boolean {
    return this.state === 'complete'
  }

  /** The head of the final response has not come. */
  get awaitsHead(): boolean {
    return this.state === 'head'
  }

  /** Whether the connection can carry another request, and how long the target keeps it. */
  get connection(): { readonly persistent: boolean; readonly idleHintMs: number | undefined } {
    return this.framing ?? { persistent: false, idleHintMs: undefined }
  }

  /**
   * Takes the next bytes of the connection.
   * @returns how many of them belong to the response; the rest comes after its end
   * @throws PointsmanError RESPONSE_MALFORMED or RESPONSE_HEAD_TOO_LARGE; the connection is of no use then
   */
  execute(chunk: Buffer): number {
    let at = 0
    while (at < chunk.length && this.state !== 'complete') {
      if (this.state === 'head') at = this.readHead(chunk, at)
      else if (this.state === 'length') at = this.readLength(chunk, at)
      else if (this.state === 'chunked') at = this.readChunked(chunk, at)
      else {
        this.events.onData(at === 0 ? chunk : chunk.subarray(at))
        at = chunk.length
      }
    }
    return at
  }

  /**
   * The connection ended in order.
   * @returns whether that completed the response
   */
  finish(): boolean {
    if (this.state === 'until-close') this.complete(NO_FIELDS)
    return this.state === 'complete'
  }

  private complete(trailers: FlatFields): void {
    this.state = 'complete'
    this.events.onComplete(trailers)
  }

  private readHead(chunk: Buffer, from: number): number {
    const fresh = from === 0 ? chunk : chunk.subarray(from)
    const before = this.partial.length
    const bytes = before === 0 ? fresh : Buffer.concat([this.partial, fresh])
    const found = findHead(bytes, 0)
    // Of a head within the limit, no more than this can be here without its end.
    const longest = this.maxHeadBytes + END_OF_HEAD.length - 1
    const isTooLarge = found ? found.end > this.maxHeadBytes : bytes.length > longest
    if (!found || isTooLarge) {
      // What comes behind the limit must not count, for it may or may not be here yet.
      if (isHopeless(bytes.subarray(0, longest))) throw malformed('its head')
      if (isTooLarge) throw tooLarge(this.maxHeadBytes)
      // Of what was read, nothing may be kept.
      this.partial = before === 0 ? Buffer.from(fresh) : bytes
      return chunk.length
    }
    this.partial = EMPTY
    this.takeHead(found.text, found.end + LINE_END)
    return from + found.end + END_OF_HEAD.length - before
  }

  /** @param to where the last field's line ends */
  private takeHead(text: string, to: number): void {
    const lineEnd = text.indexOf('\r\n')
    const line = parseStatusLine(text, lineEnd)
    if (!line) throw malformed('its status line')
    const fields = parseFieldSection(text, lineEnd + LINE_END, to)
    if (!fields) throw malformed('its fields')
    // Of those before the final one, too: they have no body, but a sender that cannot count is not to be believed.
    const framing = responseFraming(line, this.context.isHead, fields)
    if (!framing) throw malformed('its framing')
    if (line.status < 200 && line.minorVersion === 0) throw malformed('HTTP/1.0 has no such status')
    if (line.status >= 200) this.takeFinalHead(line, fields, framing)
    else if (line.status === 101) {
      if (!this.context.mayUpgrade) throw malformed('101 without a request for it')
      if (!namesProtocol(fields)) throw malformed('101 without its fields')
      this.state = 'complete'
      this.events.onSwitching(line.status, fields)
    } else this.events.onInformational(line.status, fields)
  }

  private takeFinalHead(line: StatusLine, fields: FlatFields, framing: ResponseFraming): void {
    this.framing = framing
    const body = framing.body === 'until-close' ? 'chunked' : framing.body
    if (typeof framing.body === 'number') {
      this.remaining = framing.body
      this.state = 'length'
    } else if (framing.body === 'chunked') {
      this.chunked = new ChunkedBody(this.maxHeadBytes)
      this.state = 'chunked'
    } else if (framing.body === 'until-close') this.state = 'until-close'
    this.events.onHead({ status: line.status, reason: line.reason, fields, body })
    if (framing.body === 'none') this.complete(NO_FIELDS)
  }

  private readLength(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.remaining)
    this.remaining -= end - from
    const piece = from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end)
    this.events.onData(piece)
    if (this.remaining === 0) this.complete(NO_FIELDS)
    return end
  }

  private readChunked(chunk: Buffer, from: number): number {
    const body = this.chunked
    if (!body) throw malformed('its chunks')
    const at = body.execute(chunk, from, this.events)
    if (at < 0) throw malformed('its chunks')
    if (body.trailers) this.complete(body.trailers)
    return at
  }
}

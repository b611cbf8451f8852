import { PointsmanError } from '../core/errors.js'
import type { Answer, Question } from './http-question.js'

/** As much as Node's own parser takes. */
const MAX_HEAD_BYTES = 16_384
/** The line between two chunks: a size, and extensions that nobody reads. */
const MAX_SIZE_LINE_BYTES = 16_384

const LF = 10
const VERSION_PREFIX = 'HTTP/1.'
const END_OF_HEAD = '\r\n\r\n'
/** What can become no head any more: it is better refused now than waited for. */
const STRAY_BYTE = /[^\r]\n|\0/

/** RFC 9112 §4, and the blank after the status may be missing, as many servers have it. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/
/** RFC 9112 §5: no folding, no blank before the colon, no control byte. */
const FIELDS = /^(?:[!#$%&'*+\-.^`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/
/** A length, a coding, or neither of those that can be used. */
const FRAMING_FIELD =
  /^(?:content-length:[\t ]*(\d{1,15})[\t ]*\r|transfer-encoding:[\t ]*(chunked)[\t ]*\r|content-length:|transfer-encoding:)/gim
/** RFC 9112 §7.1, with the end of the chunk before it. */
const SIZE_LINE = /^\r\n([\da-f]{1,12})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n$/i

type Framing = number | 'chunked' | 'until-close'
type State = 'head' | 'length' | Exclude<Framing, number>

function malformed(what: string): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', `answer is malformed: its ${what}`)
}

/**
 * Where a body ends (RFC 9112 §6.3): after so many bytes, after its last chunk, or with the connection. A length given
 * twice, a length beside a coding, and any coding but one `chunked` are refused, as the proxy refuses them.
 */
function framingOf(fields: string, minorVersion: string): Framing {
  let framing: Framing = 'until-close'
  for (const [, length, coding] of fields.matchAll(FRAMING_FIELD)) {
    const isFirst = framing === 'until-close'
    if (!isFirst || (length === undefined && coding === undefined)) throw malformed('framing')
    framing = length === undefined ? 'chunked' : Number(length)
  }
  if (framing === 'chunked' && minorVersion === '0') throw malformed('framing')
  return framing
}

/**
 * Reads the answer to one request from whatever pieces it comes in (RFC 9112), strictly, and no further than the
 * question wants: what comes after that is not looked at.
 */
export class AnswerReader {
  private state: State = 'head'
  private readonly isHead: boolean
  private status = 0
  /** What has come of a head, or of the line before a chunk; latin1. */
  private text = ''
  /** What is left of a chunk. */
  private remaining = 0
  /** How much of the body has yet to come. */
  private wanted: number
  private readonly pieces: Buffer[] = []

  constructor({ method, bodyBytes }: Question) {
    this.isHead = method === 'HEAD'
    this.wanted = bodyBytes
  }

  /**
   * Takes the next bytes of the connection, the first `sizeBytes` of a buffer, which may be used again afterwards.
   * @returns the answer as soon as it is known
   * @throws PointsmanError RESPONSE_MALFORMED or RESPONSE_HEAD_TOO_LARGE
   */
  take(bytes: Buffer, sizeBytes: number): Answer | undefined {
    let at = 0
    while (at < sizeBytes) {
      if (this.state === 'head') at = this.takeHead(bytes, at, sizeBytes)
      else if (this.state === 'chunked' && this.remaining === 0) {
        at = this.takeSizeLine(bytes, at, sizeBytes)
      } else at = this.takeBody(bytes, at, sizeBytes)
      if (this.wanted === 0 && this.state !== 'head') return this.answer()
    }
    return undefined
  }

  /**
   * The connection ended in order.
   * @returns the answer, if it was to end so
   */
  finish(): Answer | undefined {
    return this.state === 'until-close' ? this.answer() : undefined
  }

  private answer(): Answer {
    const { status, pieces } = this
    return { status, body: pieces.length === 0 ? '' : Buffer.concat(pieces).toString() }
  }

  private takeHead(bytes: Buffer, from: number, to: number): number {
    const before = this.text.length
    const longest = MAX_HEAD_BYTES + END_OF_HEAD.length
    this.text += bytes.toString('latin1', from, Math.min(to, from + longest - before))
    const { text } = this
    const end = text.indexOf(END_OF_HEAD, Math.max(0, before - 3))
    if (end >= 0) {
      this.text = ''
      this.readHead(text.slice(0, end + 2))
      return from + end + END_OF_HEAD.length - before
    }
    const isHttp = VERSION_PREFIX.startsWith(text.slice(0, VERSION_PREFIX.length))
    if (!isHttp || STRAY_BYTE.test(text.slice(Math.max(0, before - 1)))) throw malformed('head')
    if (text.length < longest) return to
    throw new PointsmanError('RESPONSE_HEAD_TOO_LARGE', 'head of the answer is too large')
  }

  private readHead(head: string): void {
    const [line, minorVersion, status] = STATUS_LINE.exec(head) ?? []
    if (line === undefined || minorVersion === undefined) throw malformed('head')
    const fields = head.slice(line.length)
    if (!FIELDS.test(fields)) throw malformed('head')
    const framing = framingOf(fields, minorVersion)
    this.status = Number(status)
    // Those before the final one have no body, but 101 is final: what comes after it is not HTTP.
    if (this.status < 200 && this.status !== 101) return
    const isBodiless = this.isHead || [101, 204, 304].includes(this.status)
    this.state = typeof framing === 'number' ? 'length' : framing
    if (isBodiless) this.wanted = 0
    else if (typeof framing === 'number') this.wanted = Math.min(this.wanted, framing)
    else if (framing === 'chunked') this.text = '\r\n'
  }

  private takeSizeLine(bytes: Buffer, from: number, to: number): number {
    const lineEnd = bytes.subarray(from, to).indexOf(LF)
    const end = lineEnd < 0 ? to : from + lineEnd + 1
    this.text += bytes.toString('latin1', from, end)
    if (this.text.length > MAX_SIZE_LINE_BYTES) throw malformed('chunks')
    if (lineEnd < 0 || this.text === '\r\n') return end
    const [, size] = SIZE_LINE.exec(this.text) ?? []
    if (size === undefined) throw malformed('chunks')
    this.text = ''
    this.remaining = parseInt(size, 16)
    if (this.remaining === 0) this.wanted = 0
    return end
  }

  private takeBody(bytes: Buffer, from: number, to: number): number {
    const limit = this.state === 'chunked' ? Math.min(this.wanted, this.remaining) : this.wanted
    const piece = Buffer.from(bytes.subarray(from, Math.min(to, from + limit)))
    this.pieces.push(piece)
    this.wanted -= piece.length
    if (this.state === 'chunked') this.remaining -= piece.length
    return from + piece.length
  }
}

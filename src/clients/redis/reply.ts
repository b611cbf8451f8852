import { PointsmanError } from '../../core/errors.js'

/** What a server answers: text, a whole number, nothing, or a list. Whole numbers above 2⁵³ lose their last digits. */
export type Reply = string | number | null | readonly Reply[]

/** One answer: a reply, or the refusal the server gave in its place, as it worded it. */
export type Answer = { readonly reply: Reply } | { readonly refusal: string }

/** Far more than any answer to what is asked here. */
const MAX_REPLY_BYTES = 1_048_576
const MAX_LINE_BYTES = 4096
const MAX_DEPTH = 8

const CR = 13
const LF = 10
const END_BYTES = 2

const WHOLE_NUMBER = /^[+-]?\d{1,19}$/
/** Of a bulk string or an array; -1 means null. */
const LENGTH = /^(?:-1|\d{1,7})$/

interface OpenList {
  readonly items: Reply[]
  readonly length: number
}

/**
 * What was read of an answer: an item, the beginning of a list, or text of so many bytes that follows.
 */
type Token = Answer | { readonly listLength: number } | { readonly textBytes: number }

function malformed(what: string): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', `answer is malformed (${what})`)
}

function lengthOf(text: string): number {
  if (!LENGTH.test(text)) throw malformed('length')
  return Number(text)
}

function numberOf(text: string): number {
  if (!WHOLE_NUMBER.test(text)) throw malformed('number')
  return Number(text)
}

/** By the first byte of a line, what its rest means. */
const TYPES: Readonly<Record<string, (rest: string) => Token>> = {
  '+': (rest) => ({ reply: rest }),
  '-': (rest) => ({ refusal: rest }),
  ':': (rest) => ({ reply: numberOf(rest) }),
  $: (rest) => (rest === '-1' ? { reply: null } : { textBytes: lengthOf(rest) }),
  '*': (rest) => (rest === '-1' ? { reply: null } : { listLength: lengthOf(rest) }),
}

/**
 * Reads the answers of a Redis server, however they are cut into pieces, and nothing but RESP2 (Redis serialization
 * protocol specification, version 2): 1 MiB an answer, lists no deeper than eight.
 */
export class ReplyReader {
  private readonly pieces: Buffer[] = []
  private readonly lists: OpenList[] = []
  private pendingBytes = 0
  /** Without so many it is no use to look. */
  private neededBytes = 1
  /** Of the answer that is being read, without what is pending. */
  private readBytes = 0
  /** Length of the text that comes next; undefined when a line does. */
  private textBytes: number | undefined

  /**
   * The answers that are whole now.
   * @throws PointsmanError when this is not RESP2, or too much; nothing can be read after that
   */
  take(piece: Buffer): readonly Answer[] {
    this.pieces.push(piece)
    this.pendingBytes += piece.length
    if (this.pendingBytes < this.neededBytes) return []
    const bytes = Buffer.concat(this.pieces)
    const answers: Answer[] = []
    let at = 0
    for (let end = this.endOfNext(bytes, at); end > 0; end = this.endOfNext(bytes, at)) {
      const answer = this.next(bytes.subarray(at, end - END_BYTES))
      this.count(end - at)
      if (answer) {
        answers.push(answer)
        this.readBytes = 0
      }
      at = end
    }
    this.keep(bytes.subarray(at))
    return answers
  }

  /** Where the line or text that begins at `at` is over; 0 when it has not come whole. */
  private endOfNext(bytes: Buffer, at: number): number {
    if (this.textBytes !== undefined) return this.endOfText(bytes, at + this.textBytes)
    const isKnown = at === bytes.length || String.fromCharCode(bytes[at] ?? 0) in TYPES
    if (!isKnown) throw malformed('not Redis')
    const end = bytes.indexOf(LF, at)
    const lineBytes = (end < 0 ? bytes.length : end) - at
    if (lineBytes > MAX_LINE_BYTES) throw malformed(`line over ${MAX_LINE_BYTES} bytes`)
    if (end < 0) return 0
    if (bytes[end - 1] !== CR) throw malformed('line')
    return end + 1
  }

  private endOfText(bytes: Buffer, end: number): number {
    if (bytes.length < end + END_BYTES) return 0
    if (bytes[end] !== CR || bytes[end + 1] !== LF) throw malformed('text')
    return end + END_BYTES
  }

  private count(bytes: number): void {
    this.readBytes += bytes
    if (this.readBytes + (this.textBytes ?? 0) > MAX_REPLY_BYTES)
      throw malformed(`over ${MAX_REPLY_BYTES} bytes`)
  }

  private keep(rest: Buffer): void {
    this.pieces.splice(0, Infinity, rest)
    this.pendingBytes = rest.length
    this.neededBytes = this.textBytes === undefined ? 1 : this.textBytes + END_BYTES
  }

  /** Takes a line or a text, without its end; the answer that is whole with it, if one is. */
  private next(bytes: Buffer): Answer | undefined {
    if (this.textBytes !== undefined) {
      this.textBytes = undefined
      return this.add(bytes.toString())
    }
    const line = bytes.toString()
    if (/[\r\n]/.test(line)) throw malformed('line')
    const token = TYPES[line.charAt(0)]?.(line.slice(1))
    if (!token) throw malformed('not Redis')
    if ('reply' in token) return this.add(token.reply)
    if ('refusal' in token) return this.refuse(token)
    if ('textBytes' in token) {
      this.textBytes = token.textBytes
      return undefined
    }
    return this.open(token.listLength)
  }

  private refuse(answer: Answer): Answer {
    // None of what is asked here is answered with a list of which a part was refused.
    if (this.lists.length > 0) throw malformed('refusal within a list')
    return answer
  }

  private open(length: number): Answer | undefined {
    if (length === 0) return this.add([])
    if (this.lists.length === MAX_DEPTH) throw malformed(`lists deeper than ${MAX_DEPTH}`)
    this.lists.push({ items: [], length })
    return undefined
  }

  /** Puts an item where it belongs, and closes the lists that are full with it. */
  private add(item: Reply): Answer | undefined {
    let whole = item
    for (let list = this.lists.at(-1); list; list = this.lists.at(-1)) {
      list.items.push(whole)
      if (list.items.length < list.length) return undefined
      whole = list.items
      this.lists.pop()
    }
    return { reply: whole }
  }
}

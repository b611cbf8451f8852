import { parseFieldSection } from './field-syntax.js'
import type { FlatFields } from './transport/transport.js'

const CR = 13
const LF = 10
const SEMICOLON = 59
/** Twelve hex digits: sizes stay exact, and no server needs more. */
const MAX_SIZE_DIGITS = 12
/** A chunk's extensions are dropped unread, but not without end. */
const MAX_EXTENSION_BYTES = 16384

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailers'

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Decodes the chunked coding (RFC 9112 §7.1), strictly: bare hex sizes, CRLF everywhere, extensions dropped. */
export class ChunkedBody {
  /** Set when the body has ended: its trailer section, mostly empty. */
  trailers: FlatFields | undefined
  private state: State = 'size'
  private size = 0
  private digits = 0
  private extensionBytes = 0
  private trailerText = ''
  private readonly maxTrailerBytes: number

  constructor(maxTrailerBytes: number) {
    this.maxTrailerBytes = maxTrailerBytes
  }

  /**
   * @param out is given the pieces of data; it may answer `false` to be spared the next for now
   * @returns where in `chunk` it stopped: its end, behind the end of the body, or behind a piece that was enough; -1 when the
   * coding is malformed
   */
  execute(chunk: Buffer, from: number, out: { onData(piece: Buffer): unknown }): number {
    let at = from
    while (at < chunk.length && this.trailers === undefined) {
      if (this.state === 'data') {
        const end = Math.min(chunk.length, at + this.size)
        this.size -= end - at
        if (this.size === 0) this.state = 'data-cr'
        const isEnough = out.onData(chunk.subarray(at, end)) === false
        at = end
        if (isEnough) return at
      } else if (!this.takeByte(chunk[at++] ?? 0)) return -1
    }
    return at
  }

  /** @returns false when the byte must not stand here */
  private takeByte(byte: number): boolean {
    switch (this.state) {
      case 'size':
        return this.takeSizeByte(byte)
      case 'extension':
        if (byte === CR) this.state = 'size-lf'
        else if ((byte < 32 && byte !== 9) || byte === 127) return false
        return ++this.extensionBytes <= MAX_EXTENSION_BYTES
      case 'size-lf':
        this.state = this.size === 0 ? 'trailers' : 'data'
        this.digits = this.extensionBytes = 0
        return byte === LF
      case 'data-cr':
        this.state = 'data-lf'
        return byte === CR
      case 'data-lf':
        this.state = 'size'
        return byte === LF
      case 'trailers':
        return this.takeTrailerByte(byte)
      case 'data':
        return false
    }
  }

  private takeSizeByte(byte: number): boolean {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      this.size = this.size * 16 + digit
      return ++this.digits <= MAX_SIZE_DIGITS
    }
    if (this.digits === 0) return false
    if (byte === CR) this.state = 'size-lf'
    else if (byte === SEMICOLON) this.state = 'extension'
    else return false
    return true
  }

  private takeTrailerByte(byte: number): boolean {
    this.trailerText += String.fromCharCode(byte)
    if (byte === LF) {
      const text = this.trailerText
      if (!text.endsWith('\r\n')) return false
      if (text.length === 2 || text.endsWith('\r\n\r\n')) {
        this.trailers = parseFieldSection(text.slice(0, -2), 0)
        return this.trailers !== undefined
      }
    }
    return this.trailerText.length <= this.maxTrailerBytes
  }
}

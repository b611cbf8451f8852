/** Name and value as they stood on the wire, each character one byte (latin1). */
export type Field = readonly [name: string, value: string]

/** The head of a message. */
export interface Head {
  readonly startLine: string
  readonly fields: readonly Field[]
  /** Bytes up to and including the empty line. */
  readonly sizeBytes: number
}

/** A whole message. */
export interface Message extends Head {
  readonly framing: Framing
  readonly body: Buffer
  /** Sizes of the chunks, without the last; empty unless chunked. */
  readonly chunks: readonly number[]
  readonly trailers: readonly Field[]
}

/** How the end of a body is known: so many bytes, by its chunks, or by the end of the connection. */
export type Framing = number | 'chunked' | 'close'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// Every byte but the controls; horizontal tab is allowed inside a value (RFC 9110 §5.5).
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The fields of a head or of a trailer section, as RFC 9112 §5 has them and nothing laxer. */
function parseFields(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (colon < 1 || !TOKEN.test(name) || !VALUE.test(value)) {
      throw new Error(`malformed field line ${JSON.stringify(line)}`)
    }
    return [name, value] as const
  })
}

/**
 * The head at `offset`; undefined while its end has not come.
 * @throws Error on anything RFC 9112 does not allow a sender to write
 */
export function parseHead(bytes: Buffer, offset = 0): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n', offset)
  if (end === -1) return undefined
  const [startLine = '', ...lines] = bytes.toString('latin1', offset, end).split('\r\n')
  if (!VALUE.test(startLine) || startLine === '') {
    throw new Error(`malformed start line ${JSON.stringify(startLine)}`)
  }
  return { startLine, fields: parseFields(lines), sizeBytes: end + 4 - offset }
}

/** Every value of a field, in order. */
export function values(fields: readonly Field[], name: string): string[] {
  const wanted = name.toLowerCase()
  return fields.filter(([known]) => known.toLowerCase() === wanted).map(([, value]) => value)
}

/** The one value of a field; undefined without it, an error when it is repeated. */
export function value(fields: readonly Field[], name: string): string | undefined {
  const [first, ...others] = values(fields, name)
  if (others.length > 0) throw new Error(`${name} is repeated: ${[first, ...others].join(' | ')}`)
  return first
}

/** The framing that Content-Length and Transfer-Encoding give; undefined when there is neither. */
export function framingOf(fields: readonly Field[]): Framing | undefined {
  const coding = value(fields, 'transfer-encoding')
  const length = value(fields, 'content-length')
  if (coding !== undefined) {
    if (length !== undefined) throw new Error('Content-Length beside Transfer-Encoding')
    if (coding.toLowerCase() !== 'chunked') throw new Error(`transfer coding ${coding}`)
    return 'chunked'
  }
  if (length === undefined) return undefined
  if (!/^\d{1,15}$/.test(length)) throw new Error(`Content-Length ${JSON.stringify(length)}`)
  return Number(length)
}

interface Body {
  readonly body: Buffer
  readonly chunks: readonly number[]
  readonly trailers: readonly Field[]
  readonly sizeBytes: number
}

function parseTrailers(
  bytes: Buffer,
  start: number,
): { trailers: Field[]; end: number } | undefined {
  if (bytes.length < start + 2) return undefined
  if (bytes.toString('latin1', start, start + 2) === '\r\n') return { trailers: [], end: start + 2 }
  const end = bytes.indexOf('\r\n\r\n', start)
  if (end === -1) return undefined
  return { trailers: parseFields(bytes.toString('latin1', start, end).split('\r\n')), end: end + 4 }
}

function parseChunked(bytes: Buffer, offset: number): Body | undefined {
  const pieces: Buffer[] = []
  for (let at = offset; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = bytes.toString('latin1', at, lineEnd)
    // No extension either: a proxy drops them.
    if (!/^[0-9a-fA-F]{1,8}$/.test(size)) throw new Error(`chunk size ${JSON.stringify(size)}`)
    const start = lineEnd + 2
    const end = start + parseInt(size, 16)
    if (end === start) {
      const last = parseTrailers(bytes, start)
      if (!last) return undefined
      const chunks = pieces.map((piece) => piece.length)
      const { trailers } = last
      return { body: Buffer.concat(pieces), chunks, trailers, sizeBytes: last.end - offset }
    }
    if (bytes.length < end + 2) return undefined
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') throw new Error('chunk without its end')
    pieces.push(bytes.subarray(start, end))
    at = end + 2
  }
}

/**
 * The body at `offset`; undefined while its end has not come.
 * @param closed whether the sender has ended the connection, which ends a body framed by `close`
 */
export function parseBody(
  bytes: Buffer,
  offset: number,
  framing: Framing,
  closed: boolean,
): Body | undefined {
  if (framing === 'chunked') return parseChunked(bytes, offset)
  const end = framing === 'close' ? bytes.length : offset + framing
  if (framing === 'close' ? !closed : bytes.length < end) return undefined
  return { body: bytes.subarray(offset, end), chunks: [], trailers: [], sizeBytes: end - offset }
}

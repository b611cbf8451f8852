/** A request as RFC 9112 has it, each character one byte (latin1). */
export interface StrictRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** As much of it as is there. */
  readonly body: string
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** All of it is there. */
  readonly isWhole: boolean
}

/** What bytes hold. */
export interface StrictReading {
  /** Only the last may be not whole. */
  readonly requests: readonly StrictRequest[]
  /** Where what belongs to whole requests ends. */
  readonly end: number
  /** What is wrong with what follows; undefined when it is only not whole. */
  readonly problem: string | undefined
}

/** What may be read over, for it changes nothing of what a request means. */
export interface Leniency {
  /** Empty lines before a request (RFC 9112 §2.2). */
  readonly emptyLines?: boolean
  /** Bytes in the target that must not stand there (RFC 9112 §3.2), but do not end it. */
  readonly anyTarget?: boolean
  /** Extensions of chunks (RFC 9112 §7.1.1). */
  readonly extensions?: boolean
}

const ANY_REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+) ([\x21-\x7e\x80-\xff]+) (HTTP\/1\.[01])$/
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+) ([\x21\x22\x24-\x7e]+) (HTTP\/1\.[01])$/
const FIELD_LINE =
  /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[ \t]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/
const CHUNK_SIZE = /^([\da-fA-F]{1,12})$/
const EXTENDED_CHUNK_SIZE = /^([\da-fA-F]{1,12})(?:;[\t\x20-\x7e\x80-\xff]*)?$/
const LENGTH = /^\d{1,15}$/

/** Thrown where what is there is no request, or not all of one. */
class Stop extends Error {
  /** What is wrong; undefined when it is only not whole. */
  readonly problem: string | undefined
  /** What there is of the body until then. */
  readonly body: string

  constructor(problem?: string, body = '') {
    super(problem)
    this.problem = problem
    this.body = body
  }
}

type Fields = (readonly [name: string, value: string])[]

/** Reads the requests in `text` as strictly as RFC 9112 can be read. */
class Reader {
  private at = 0
  private readonly text: string
  private readonly leniency: Leniency

  constructor(text: string, leniency: Leniency) {
    this.text = text
    this.leniency = leniency
  }

  read(): StrictReading {
    const requests: StrictRequest[] = []
    let end = 0
    try {
      while (this.at < this.text.length) {
        this.readRequest(requests)
        end = this.at
      }
      return { requests, end, problem: undefined }
    } catch (error) {
      if (error instanceof Stop) return { requests, end, problem: error.problem }
      throw error
    }
  }

  /** The next line without its CRLF. */
  private line(): string {
    const end = this.text.indexOf('\n', this.at)
    if (end < 0) throw new Stop()
    const line = this.text.slice(this.at, end + 1)
    if (!line.endsWith('\r\n') || line.indexOf('\r') !== line.length - 2) {
      throw new Stop(`a line that does not end as lines do: ${JSON.stringify(line)}`)
    }
    this.at = end + 1
    return line.slice(0, -2)
  }

  private section(): Fields {
    const fields: Fields = []
    for (let line = this.line(); line !== ''; line = this.line()) {
      const [, name, value] = FIELD_LINE.exec(line) ?? []
      if (name === undefined || value === undefined) {
        throw new Stop(`a field that is none: ${JSON.stringify(line)}`)
      }
      fields.push([name, value])
    }
    return fields
  }

  private readRequest(requests: StrictRequest[]): void {
    const line = this.line()
    if (line === '' && this.leniency.emptyLines === true) return
    const pattern = this.leniency.anyTarget === true ? ANY_REQUEST_LINE : REQUEST_LINE
    const [, method, target, version] = pattern.exec(line) ?? []
    if (method === undefined || target === undefined || version === undefined) {
      throw new Stop(`a request line that is none: ${JSON.stringify(line)}`)
    }
    const fields = this.section()
    const head = { method, target, version, fields }
    const framing = framingOf(fields, version)
    try {
      const { body, trailers } = framing === 'chunked' ? this.chunks() : this.bytes(framing)
      requests.push({ ...head, body, trailers, isWhole: true })
    } catch (error) {
      if (error instanceof Stop)
        requests.push({ ...head, body: error.body, trailers: [], isWhole: false })
      throw error
    }
  }

  private bytes(size: number): { body: string; trailers: Fields } {
    const body = this.text.slice(this.at, this.at + size)
    this.at += body.length
    if (body.length < size) throw new Stop(undefined, body)
    return { body, trailers: [] }
  }

  private chunks(): { body: string; trailers: Fields } {
    let body = ''
    try {
      for (let size = this.chunkSize(); size > 0; size = this.chunkSize()) {
        body += this.bytes(size).body
        const end = this.text.slice(this.at, this.at + 2)
        if (!'\r\n'.startsWith(end)) throw new Stop('a chunk that does not end with its data')
        if (end.length < 2) throw new Stop()
        this.at += 2
      }
      return { body, trailers: this.section() }
    } catch (error) {
      throw error instanceof Stop ? new Stop(error.problem, body + error.body) : error
    }
  }

  private chunkSize(): number {
    const line = this.line()
    const pattern = this.leniency.extensions === true ? EXTENDED_CHUNK_SIZE : CHUNK_SIZE
    const size = pattern.exec(line)?.[1]
    if (size === undefined) throw new Stop(`a chunk size that is none: ${JSON.stringify(line)}`)
    return parseInt(size, 16)
  }
}

/** RFC 9112 §6.3, without anything that two readers could understand in two ways. */
function framingOf(fields: Readonly<Fields>, version: string): number | 'chunked' {
  const valuesOf = (wanted: string) =>
    fields.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []))
  const lengths = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding')
  const told = JSON.stringify([...lengths, ...codings])
  if (lengths.length + codings.length > 1) throw new Stop(`framed more than once: ${told}`)
  const [length = '0'] = lengths
  if (!LENGTH.test(length)) throw new Stop(`a length that is none: ${told}`)
  if (codings.length === 0) return Number(length)
  if (codings[0]?.toLowerCase() !== 'chunked' || version === 'HTTP/1.0') {
    throw new Stop(`a coding that frames nothing: ${told}`)
  }
  return 'chunked'
}

/** The requests in bytes (latin1) that came by one connection, up to the first that is malformed or not whole. */
export function readRequests(text: string, leniency: Leniency = {}): StrictReading {
  return new Reader(text, leniency).read()
}

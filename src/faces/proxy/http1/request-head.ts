import { METHODS } from 'node:http'
import { LINE_END, parseFieldSection } from '../field-syntax.js'
import type { FlatFields } from '../transport/transport.js'

/** The head of a request, taken apart. */
export interface RequestHead {
  readonly method: string
  /** What stands between method and version, whatever it is. */
  readonly url: string
  readonly version: '1.0' | '1.1'
  readonly fields: FlatFields
}

const KNOWN_METHODS = new Set(METHODS)

/**
 * Takes the head of a request apart (RFC 9112 §3), strictly: single blanks, CRLF everywhere, a method that is known, and a
 * version that is spoken.
 * @param text latin1, from the request line to the CRLF of the last field, or beyond
 * @param to where that CRLF ends
 * @returns undefined when it is malformed
 */
export function parseRequestHead(text: string, to = text.length): RequestHead | undefined {
  const lineEnd = text.indexOf('\r\n')
  const methodEnd = text.indexOf(' ')
  const urlEnd = text.indexOf(' ', methodEnd + 1)
  if (methodEnd < 0 || urlEnd < 0 || urlEnd > lineEnd) return undefined
  const method = text.slice(0, methodEnd)
  const url = text.slice(methodEnd + 1, urlEnd)
  const version = parseVersion(text, urlEnd + 1, lineEnd)
  if (version === undefined || url === '' || !KNOWN_METHODS.has(method)) return undefined
  const fields = parseFieldSection(text, lineEnd + LINE_END, to)
  return fields && { method, url, version, fields }
}

function parseVersion(text: string, from: number, to: number): '1.0' | '1.1' | undefined {
  if (to - from !== 8) return undefined
  if (text.startsWith('HTTP/1.1', from)) return '1.1'
  return text.startsWith('HTTP/1.0', from) ? '1.0' : undefined
}

const LF = 10
const CR = 13

/** Whether what has come of a head can become nothing good: better refused now than waited for. */
export function isHopeless(start: Buffer): boolean {
  let lineEnd = -1
  for (let at = start.indexOf(LF); at >= 0; at = start.indexOf(LF, at + 1)) {
    if (at === 0 || start[at - 1] !== CR) return true
    if (lineEnd < 0) lineEnd = at
  }
  if (start.includes(0)) return true
  return lineEnd >= 0 && parseRequestHead(start.toString('latin1', 0, lineEnd + 1)) === undefined
}

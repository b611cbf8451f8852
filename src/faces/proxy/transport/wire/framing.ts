import { isNamed, listMembers, parseWholeNumber } from '../../field-syntax.js'
import type { BodyFraming, FlatFields } from '../transport.js'

/** How the body of a response ends, and what becomes of its connection. */
export interface ResponseFraming {
  readonly body: BodyFraming | 'until-close'
  readonly persistent: boolean
  /** Milliseconds the target said it keeps an idle connection; undefined = it did not say. */
  readonly idleHintMs: number | undefined
}

interface FramingFields {
  length: number | undefined
  chunked: boolean
  close: boolean
  idleHintMs: number | undefined
}

const KEEP_ALIVE_TIMEOUT = /(?:^|[,;\s])timeout=(\d{1,6})/i

/** @returns undefined when the framing fields are malformed or disagree */
function collect(fields: FlatFields): FramingFields | undefined {
  const found: FramingFields = {
    length: undefined,
    chunked: false,
    close: false,
    idleHintMs: undefined,
  }
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    if (isNamed(name, 'content-length')) {
      const length = parseWholeNumber(value)
      if (length === undefined || found.length !== undefined) return undefined
      found.length = length
    } else if (isNamed(name, 'transfer-encoding')) {
      if (found.chunked || value.toLowerCase() !== 'chunked') return undefined
      found.chunked = true
    } else if (isNamed(name, 'connection')) {
      if (value !== 'keep-alive' && listMembers(value).includes('close')) found.close = true
    } else if (isNamed(name, 'keep-alive')) {
      const seconds = KEEP_ALIVE_TIMEOUT.exec(value)?.[1]
      if (seconds !== undefined) found.idleHintMs = Number(seconds) * 1000
    }
  }
  return found.chunked && found.length !== undefined ? undefined : found
}

/**
 * Decides where a response ends (RFC 9112 §6.3). A length given twice, a length beside a coding and any coding other than
 * one `chunked` are refused: they are how responses are smuggled.
 * @returns undefined when the response must not be believed
 */
export function responseFraming(
  line: { readonly status: number; readonly minorVersion: number },
  bodiless: boolean,
  fields: FlatFields,
): ResponseFraming | undefined {
  const found = collect(fields)
  if (!found || (found.chunked && line.minorVersion === 0)) return undefined
  const { idleHintMs } = found
  // An HTTP/1.0 server that keeps connections open is too rare to be worth its ambiguities.
  const persistent = !found.close && line.minorVersion === 1
  if (bodiless || line.status === 204 || line.status === 304) {
    return { body: 'none', persistent, idleHintMs }
  }
  if (found.chunked) return { body: 'chunked', persistent, idleHintMs }
  if (found.length === undefined) return { body: 'until-close', persistent: false, idleHintMs }
  return { body: found.length === 0 ? 'none' : found.length, persistent, idleHintMs }
}

/** Whether a 101 says what is spoken from now on: `Upgrade`, and `Connection` lists it (RFC 9110 §7.8, §15.2.2). */
export function namesProtocol(fields: FlatFields): boolean {
  let namesOne = false
  let listsIt = false
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const members = listMembers(fields[i + 1] ?? '')
    if (isNamed(name, 'upgrade')) namesOne ||= members.length > 0
    else if (isNamed(name, 'connection')) listsIt ||= members.includes('upgrade')
  }
  return namesOne && listsIt
}

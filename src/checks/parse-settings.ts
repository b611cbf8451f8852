import { validateHeaderName, validateHeaderValue } from 'node:http'
import { PointsmanError } from '../core/errors.js'
import type { StatusRange } from './settings.js'

/** Longest regular expression for a body, in characters. */
const MAX_PATTERN_LENGTH = 1024

const STATUS = /^([1-9]\d\d)(?:-([1-9]\d\d))?$/

/** Fields that have a variable of their own, or that the check writes itself. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function invalid(rule: string, cause?: unknown): PointsmanError {
  return new PointsmanError('CONFIGURATION_INVALID', rule, cause)
}

/** Reads `200,204,300-399`. Throws CONFIGURATION_INVALID, with the broken rule as its message. */
export function parseStatuses(text: string): readonly StatusRange[] {
  return text.split(',').map((part) => {
    const [, first, last] = STATUS.exec(part.trim()) ?? []
    const from = Number(first)
    const to = Number(last ?? first)
    if (first === undefined || from > to) {
      throw invalid('must be status codes and ranges of them, such as 200,204,300-399')
    }
    return { from, to }
  })
}

/**
 * Reads `Name: value; Name: value` into names and values in turn; a value cannot contain a semicolon. Throws
 * CONFIGURATION_INVALID, with the broken rule as its message.
 */
export function parseFields(text: string): readonly string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(parseField)
}

function parseField(text: string): [name: string, value: string] {
  const [name = '', ...rest] = text.split(':')
  const value = rest.join(':').trim()
  if (rest.length === 0) throw invalid('must be fields such as Name: value; Name: value')
  if (RESERVED_FIELDS.has(name.toLowerCase())) throw invalid(`must not set ${name}`)
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    throw invalid('must be names and values that HTTP allows', error)
  }
  return [name, value]
}

/** Accepts a path that can be sent as it is. Throws CONFIGURATION_INVALID, with the broken rule as its message. */
export function parsePath(text: string): string {
  if (!/^\/[!-~]*$/.test(text) || text.includes('#')) {
    throw invalid('must begin with / and have no blanks, no # and no characters beyond ASCII')
  }
  return text
}

/** Accepts a regular expression. Throws CONFIGURATION_INVALID, with the broken rule as its message. */
export function parseBodyPattern(text: string): string {
  if (text.length > MAX_PATTERN_LENGTH) {
    throw invalid(`must have at most ${MAX_PATTERN_LENGTH} characters`)
  }
  try {
    new RegExp(text)
  } catch (error) {
    throw invalid('must be a regular expression', error)
  }
  return text
}

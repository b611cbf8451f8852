const TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~"

/** 1 for each byte that may stand in a token (RFC 9110 §5.6.2). */
const TOKEN = new Uint8Array(256)
for (const letters of [TOKEN_PUNCTUATION, '0123456789']) {
  for (const letter of letters) TOKEN[letter.charCodeAt(0)] = 1
}
for (let code = 97; code <= 122; code++) TOKEN[code] = TOKEN[code - 32] = 1

/** Whether `text` is a token: a field name, a method, a coding. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (TOKEN[text.charCodeAt(i)] !== 1) return false
  }
  return text.length > 0
}

/** 1 for each byte that may stand in a field's value: no control byte but the tab (RFC 9110 §5.5). */
const VALUE = new Uint8Array(256).fill(1, 32)
VALUE[9] = 1
VALUE[127] = 0

/** Whether `text` may be a field's value. */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (VALUE[text.charCodeAt(i)] !== 1) return false
  }
  return true
}

const CR = 13
const LF = 10
const COLON = 58
const TAB = 9
const SPACE = 32

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/** `text` between two places, without the blanks around it. */
export function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Length of a line's end. */
export const LINE_END = '\r\n'.length

/** The end of a head: its last line's, and the empty line. */
export const END_OF_HEAD = '\r\n\r\n'
const END_BYTES = Buffer.from(END_OF_HEAD)

/** Most heads are shorter: to look for the end in a text of what has come costs half of what a search among bytes and a text do. */
const USUAL_HEAD_BYTES = 2048

/**
 * Looks for the end of the head that begins at `from`.
 * @returns the head as latin1 and more, and where in it `END_OF_HEAD` stands; undefined when that has not come
 */
export function findHead(
  bytes: Buffer,
  from: number,
): { readonly text: string; readonly end: number } | undefined {
  const text = bytes.toString('latin1', from, from + USUAL_HEAD_BYTES)
  const end = text.indexOf(END_OF_HEAD)
  if (end >= 0) return { text, end }
  const at = bytes.indexOf(END_BYTES, from + Math.max(0, text.length - END_OF_HEAD.length + 1))
  if (at < 0) return undefined
  return { text: bytes.toString('latin1', from, at + END_OF_HEAD.length), end: at - from }
}

/**
 * Cuts a field section into names and values in turn (RFC 9112 §5), strictly: no folding, no blank before the colon,
 * no control byte, no bare CR or LF.
 * @param text latin1; every line of the section ends with CRLF, the last included
 * @param from where the section begins
 * @param to where it ends
 * @returns undefined when the section is malformed
 */
export function parseFieldSection(
  text: string,
  from: number,
  to = text.length,
): string[] | undefined {
  const fields: string[] = []
  for (let at = from; at < to;) {
    const start = at
    while (TOKEN[text.charCodeAt(at)] === 1) at++
    if (at === start || text.charCodeAt(at) !== COLON) return undefined
    const name = text.slice(start, at++)
    while (isBlank(text.charCodeAt(at))) at++
    const valueStart = at
    let valueEnd = at
    for (let code = text.charCodeAt(at); VALUE[code] === 1; code = text.charCodeAt(++at))
      if (!isBlank(code)) valueEnd = at + 1
    if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return undefined
    fields.push(name, text.slice(valueStart, valueEnd))
    at += 2
  }
  return fields
}

/** Whether the field's name `name` is `lower`, however it is written; `lower` has letters, digits and hyphens only. */
export function isNamed(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false
  // Of what may stand in a name, nothing else becomes one of these by this bit.
  for (let i = 0; i < name.length; i++)
    if ((name.charCodeAt(i) | 32) !== lower.charCodeAt(i)) return false
  return true
}

/** Some names of fields, however they are written: found without another spelling of what is looked up. */
export class FieldNames {
  private readonly byLength: string[][] = []

  /** @param names lower-case */
  constructor(names: readonly string[]) {
    for (const name of names) (this.byLength[name.length] ??= []).push(name)
  }

  has(name: string): boolean {
    const candidates = this.byLength[name.length]
    if (!candidates) return false
    for (const candidate of candidates) if (isNamed(name, candidate)) return true
    return false
  }
}

/** A name and its value as a line. */
export function fieldLine(name: string, value: string): string {
  // Added up: a template would ask of each part whether it is a text.
  return name + ': ' + value + '\r\n'
}

/** Names and values in turn as lines. */
export function fieldLines(fields: readonly string[]): string {
  let lines = ''
  for (let i = 0; i + 1 < fields.length; i += 2)
    lines += fieldLine(fields[i] ?? '', fields[i + 1] ?? '')
  return lines
}

/**
 * A number as `Content-Length` gives it: digits only, and exact in a double.
 * @returns undefined for anything else, lists and signs included
 */
export function parseWholeNumber(value: string): number | undefined {
  if (value.length === 0 || value.length > 16) return undefined
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return undefined
    length = length * 10 + digit
  }
  return length <= Number.MAX_SAFE_INTEGER ? length : undefined
}

/** The members of a comma list, lower-case, without blanks and empty members: for tokens, not for quoted strings. */
export function listMembers(value: string): string[] {
  const members: string[] = []
  for (const member of value.split(',')) {
    const name = trimmed(member, 0, member.length).toLowerCase()
    if (name !== '') members.push(name)
  }
  return members
}

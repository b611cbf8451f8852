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

/** Whether `text` may be a field's value: no control byte but the tab (RFC 9110 §5.5). */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 32 && code !== 9) || code === 127 || code > 255) return false
  }
  return true
}

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

/**
 * Cuts a field section into names and values in turn (RFC 9112 §5), strictly: no folding, no blank before the colon,
 * no control byte, no bare CR or LF.
 * @param text latin1; every line of the section ends with CRLF, the last included
 * @param from where the section begins
 * @returns undefined when the section is malformed
 */
export function parseFieldSection(text: string, from: number): string[] | undefined {
  const fields: string[] = []
  for (let start = from; start < text.length;) {
    const end = text.indexOf('\r\n', start)
    const colon = text.indexOf(':', start)
    if (end < 0 || colon < 0 || colon > end) return undefined
    const name = text.slice(start, colon)
    const value = trimmed(text, colon + 1, end)
    if (!isToken(name) || !isFieldValue(value)) return undefined
    fields.push(name, value)
    start = end + 2
  }
  return fields
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

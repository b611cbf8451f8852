import { PointsmanError } from '../../core/errors.js'

/** A login and the answer to a small query take about 1 KiB; no more than this is read of a server. */
const MAX_REPLY_BYTES = 65_536

/** Type and length stand before every message; the length counts itself, and the type does not. */
const TYPE_BYTES = 1
const LENGTH_BYTES = 4

/** Where the string that begins at `at` is over; -1 when it has no end. */
function afterString(body: Buffer, at: number): number {
  const end = at < 0 ? -1 : body.indexOf(0, at)
  return end < 0 ? -1 : end + 1
}

function areStrings(body: Buffer, from: number, count: number): boolean {
  let at = from
  for (let i = 0; i < count; i++) at = afterString(body, at)
  return at === body.length
}

function countOf(body: Buffer): number {
  return body.length < 2 ? -1 : body.readInt16BE(0)
}

/** Field by field: a letter and a string; a NUL ends the list. */
function isReport(body: Buffer): boolean {
  let at = 0
  while (at >= 0 && at < body.length && body[at] !== 0) at = afterString(body, at + 1)
  return at === body.length - 1
}

function isRowDescription(body: Buffer): boolean {
  const columns = countOf(body)
  let at = 2
  for (let i = 0; i < columns && at >= 0; i++) {
    const name = afterString(body, at)
    at = name < 0 ? -1 : name + 18
  }
  return columns >= 0 && at === body.length
}

function isRow(body: Buffer): boolean {
  const columns = countOf(body)
  let at = 2
  for (let i = 0; i < columns; i++) {
    if (at + 4 > body.length) return false
    const sizeBytes = body.readInt32BE(at)
    if (sizeBytes < -1) return false
    at += 4 + Math.max(0, sizeBytes)
  }
  return columns >= 0 && at === body.length
}

function isMechanismList(body: Buffer): boolean {
  let at = 4
  while (at >= 0 && at < body.length && body[at] !== 0) at = afterString(body, at)
  return at === body.length - 1
}

/** What a server may ask for at login, by its number: nothing, a password in the clear, MD5, and SCRAM in three steps. */
const LOGINS: Readonly<Record<number, (body: Buffer) => boolean>> = {
  0: (body) => body.length === 4,
  3: (body) => body.length === 4,
  5: (body) => body.length === 8,
  10: isMechanismList,
  11: () => true,
  12: () => true,
}

function isLogin(body: Buffer): boolean {
  if (body.length < 4) return false
  const isWhole = LOGINS[body.readInt32BE(0)]
  if (!isWhole)
    throw new PointsmanError(
      'RESPONSE_UNEXPECTED',
      'login refused: the server wants another proof than a password',
    )
  return isWhole(body)
}

/** What may come at login and in answer to a query, by type: whether a body is whole. */
const MESSAGES: Readonly<Record<string, (body: Buffer) => boolean>> = {
  C: (body) => areStrings(body, 0, 1),
  D: isRow,
  E: isReport,
  K: (body) => body.length === 8,
  N: isReport,
  R: isLogin,
  S: (body) => areStrings(body, 0, 2),
  T: isRowDescription,
  Z: (body) => body.length === 1,
}

/**
 * Holds back what a server says until a message is whole, and lets through only what a login and a query can be answered
 * with, well-formed to the last byte (PostgreSQL documentation, "Message Formats"). The parser of `pg` trusts its server:
 * an error report without an end keeps it busy forever, and a truncated message or an unknown way to log in is an
 * exception that nobody can catch.
 */
export class MessageGate {
  private pending: Buffer = Buffer.alloc(0)
  private receivedBytes = 0

  /**
   * The messages that are whole now, as they came.
   * @throws PointsmanError when the server speaks something else, or too much
   */
  take(chunk: Buffer): Buffer {
    this.receivedBytes += chunk.length
    if (this.receivedBytes > MAX_REPLY_BYTES) throw malformed(`over ${MAX_REPLY_BYTES} bytes`)
    const bytes = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk
    let end = 0
    while (end < bytes.length) {
      const next = afterMessage(bytes, end)
      if (next > bytes.length) break
      end = next
    }
    this.pending = bytes.subarray(end)
    return bytes.subarray(0, end)
  }
}

/** Where the message that begins at `start` is over, which may be beyond what has come. */
function afterMessage(bytes: Buffer, start: number): number {
  const type = String.fromCharCode(bytes[start] ?? 0)
  const isWhole = MESSAGES[type]
  if (!isWhole) throw malformed('not PostgreSQL')
  const body = start + TYPE_BYTES + LENGTH_BYTES
  if (body > bytes.length) return Infinity
  const lengthBytes = bytes.readUInt32BE(start + TYPE_BYTES)
  const end = start + TYPE_BYTES + lengthBytes
  if (end < body) throw malformed(`message ${type}`)
  if (end <= bytes.length && !isWhole(bytes.subarray(body, end))) throw malformed(`message ${type}`)
  return end
}

function malformed(what: string): PointsmanError {
  return new PointsmanError('RESPONSE_MALFORMED', `answer is malformed (${what})`)
}

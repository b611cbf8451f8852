import { STATUS_CODES } from 'node:http'
import type { ReplyHead } from '../client-message.js'
import { fieldLine, fieldLines, isNamed } from '../field-syntax.js'
import type { FlatFields } from '../transport/transport.js'

let date = ''
let dateSecond = 0

/** The value of `Date` (RFC 9110 §5.6.7), made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    date = new Date(second * 1000).toUTCString()
  }
  return date
}

/** The head of a response with status 100 to 199, latin1. */
export function informationalHead(status: number, fields: FlatFields): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fieldLines(fields)}\r\n`
}

/**
 * The head of a final response, latin1.
 * @param isChunked whether the body comes in chunks
 * @param keepAlive what `Keep-Alive` says; undefined when the connection ends with this response
 */
export function replyHead(
  { status, reason, fields }: ReplyHead,
  isChunked: boolean,
  keepAlive: string | undefined,
): string {
  let head = `HTTP/1.1 ${status} ${reason}\r\n`
  let isDated = false
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    head += fieldLine(name, fields[i + 1] ?? '')
    isDated ||= isNamed(name, 'date')
  }
  // RFC 9110 §6.6.1: who passes on a response without a date puts one in.
  if (!isDated) head += `Date: ${httpDate()}\r\n`
  if (isChunked) head += 'Transfer-Encoding: chunked\r\n'
  if (keepAlive === undefined) return `${head}Connection: close\r\n\r\n`
  return `${head}Connection: keep-alive\r\nKeep-Alive: ${keepAlive}\r\n\r\n`
}

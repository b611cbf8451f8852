import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../src/core/errors.js'
import type { Case } from './world.js'

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const GOOD = `${OK}Content-Length: 2\r\n\r\nok`

/** Responses that must not be believed (RFC 9112), and the error when it is another than RESPONSE_MALFORMED. */
const MALFORMED: Readonly<Record<string, string | readonly [ErrorCode, string]>> = {
  'two different lengths': `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  'a list of lengths': `${OK}Content-Length: 5, 6\r\n\r\nhello!`,
  'a negative length': `${OK}Content-Length: -1\r\n\r\n`,
  'a length with a sign': `${OK}Content-Length: +5\r\n\r\nhello`,
  'a length in hex': `${OK}Content-Length: 0x5\r\n\r\nhello`,
  'an empty length': `${OK}Content-Length:\r\n\r\nhello`,
  'a length beyond counting': `${OK}Content-Length: 99999999999999999999\r\n\r\nhello`,
  'a length with chunked': `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked with a length': `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  'a coding that nobody asked for': `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'a coding after chunked': `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'chunked twice': `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked from HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a chunk size that is no number': `${CHUNKED}x\r\nhello\r\n0\r\n\r\n`,
  'a chunk size with a prefix': `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`,
  'a chunk size with a sign': `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`,
  'a chunk size with a blank': `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`,
  'a chunk size beyond counting': `${CHUNKED}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  'a chunk without a size': `${CHUNKED}\r\nhello\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${CHUNKED}4\r\nhello\r\n0\r\n\r\n`,
  'a chunk whose size ends with LF': `${CHUNKED}5\nhello\r\n0\r\n\r\n`,
  'a chunk that ends with LF': `${CHUNKED}5\r\nhello\n0\r\n\r\n`,
  'a trailer without a colon': `${CHUNKED}0\r\nX-Sum\r\n\r\n`,
  'a field that is folded': `${OK}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`,
  'a first field that is folded': `${OK} X-A: b\r\nContent-Length: 0\r\n\r\n`,
  'a field with NUL': `${OK}X-A: b\0c\r\nContent-Length: 0\r\n\r\n`,
  'a field with CR': `${OK}X-A: b\rc\r\nContent-Length: 0\r\n\r\n`,
  'a field with a control byte': `${OK}X-A: b\x01c\r\nContent-Length: 0\r\n\r\n`,
  'a field that ends with LF': `${OK}X-A: b\nContent-Length: 0\r\n\r\n`,
  'a status line that ends with LF': 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n',
  'a head that ends with LF': `${OK}Content-Length: 0\r\n\n`,
  'a blank before the colon': `${OK}X-A : b\r\nContent-Length: 0\r\n\r\n`,
  'a blank inside a name': `${OK}X A: b\r\nContent-Length: 0\r\n\r\n`,
  'a byte from 0x80 up in a name': `${OK}X-\xe9: b\r\nContent-Length: 0\r\n\r\n`,
  'a field without a colon': `${OK}X-A\r\nContent-Length: 0\r\n\r\n`,
  'a field without a name': `${OK}: b\r\nContent-Length: 0\r\n\r\n`,
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
  'a status that is no number': 'HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n',
  'a status below 100': 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n',
  'no status': 'HTTP/1.1\r\nContent-Length: 0\r\n\r\n',
  'NUL in the reason': 'HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n',
  'no version': 'HTTP 200 OK\r\nContent-Length: 0\r\n\r\n',
  'another protocol': 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n',
  'another protocol that greets': '220 mail.test ESMTP\r\n',
  'version 2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  'version 0.9': 'HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n',
  'version 1.2': 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a version in lower case': 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a blank before the status line': ' HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'an empty line before the status line': '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '101 that nobody asked for':
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  '101 that names no protocol': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  '101 whose Connection does not list Upgrade':
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
  'a field over the limit': [
    'RESPONSE_HEAD_TOO_LARGE',
    `${OK}X-A: ${'b'.repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`,
  ],
  'a head over the limit without an end': [
    'RESPONSE_HEAD_TOO_LARGE',
    `${OK}${'X-A: b\r\n'.repeat(8000)}`,
  ],
}

/** HTTP/1.1 responses that must be refused; the connection closes, and the next request is unharmed. */
export const MALFORMED_CASES: readonly Case[] = Object.entries(MALFORMED).map(([name, value]) => ({
  name: `a malformed response: ${name}`,
  async run(world) {
    const [code, wire] =
      typeof value === 'string' ? (['RESPONSE_MALFORMED', value] as const) : value
    const { raw, target } = await world.rawTarget(async (connection) => {
      await connection.request()
      await connection.send(connection.number === 1 ? wire : GOOD)
    })
    await world.send(target).failed(code)
    await (await raw.connection(1)).left()
    assert.equal(String((await world.ask(target)).body), 'ok')
  },
}))

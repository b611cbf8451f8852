import type { ErrorCode } from '../../../../../src/core/errors.js'
import type { ReadingOptions } from './reading.js'
import { headOf } from './valid-responses.js'

/** A response that must be refused. */
export interface Malformed extends ReadingOptions {
  readonly wire: string
  /** RESPONSE_MALFORMED if it is not said. */
  readonly code?: ErrorCode
}

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const END = '0\r\n\r\n'
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

function length(body: string): string {
  return `${OK}Content-Length: ${body.length}\r\n\r\n${body}`
}

const BAD_LENGTHS = {
  'two different lengths': '5\r\nContent-Length: 6',
  'one length twice': '5\r\nContent-Length: 5',
  'a list of lengths': '5, 5',
  'a negative length': '-5',
  'a length with a sign': '+5',
  'a length in hex': '0x5',
  'a length with a fraction': '5.0',
  'an empty length': '',
  'a length with a blank inside': '5 5',
  'a length beyond counting': '9007199254740993',
  'a length of many digits': '00000000000000005',
  'a length with a vertical tab': '5\x0b',
  'a length in other digits': '\xb2',
}

const BAD_CODINGS = {
  'a coding before chunked': 'gzip, chunked',
  'a coding after chunked': 'chunked, gzip',
  'another coding': 'gzip',
  identity: 'identity',
  'chunked twice in one field': 'chunked, chunked',
  'chunked in two fields': 'chunked\r\nTransfer-Encoding: chunked',
  'an empty member': ', chunked',
  'an empty coding': '',
  'chunked with a parameter': 'chunked;q=1',
  'chunked in quotes': '"chunked"',
  'chunked with a vertical tab': '\x0bchunked',
}

const BAD_CHUNKS = {
  'a size that is no number': 'x\r\nhello\r\n0\r\n\r\n',
  'a size with a prefix': '0x5\r\nhello\r\n0\r\n\r\n',
  'a size with a sign': '+5\r\nhello\r\n0\r\n\r\n',
  'a negative size': '-5\r\nhello\r\n0\r\n\r\n',
  'a blank before the size': ' 5\r\nhello\r\n0\r\n\r\n',
  'a blank after the size': '5 \r\nhello\r\n0\r\n\r\n',
  'a blank before the extension': '5 ;a\r\nhello\r\n0\r\n\r\n',
  'an underscore in the size': '0_5\r\nhello\r\n0\r\n\r\n',
  'a size of many digits': '0000000000005\r\nhello\r\n0\r\n\r\n',
  'a size beyond counting': '10000000000000000\r\nhello\r\n0\r\n\r\n',
  'no size': '\r\nhello\r\n0\r\n\r\n',
  'an extension without a size': ';a\r\nhello\r\n0\r\n\r\n',
  'a size that ends with LF': '5\nhello\r\n0\r\n\r\n',
  'a size that ends with CR': '5\rhello\r\n0\r\n\r\n',
  'an extension that ends with LF': '5;a\nhello\r\n0\r\n\r\n',
  'NUL in an extension': '5;a\0\r\nhello\r\n0\r\n\r\n',
  'CR in an extension': '5;a\rb\r\nhello\r\n0\r\n\r\n',
  'data longer than its size': '4\r\nhello\r\n0\r\n\r\n',
  'data shorter than its size': '6\r\nhello\r\n0\r\n\r\n',
  'data that ends with LF': '5\r\nhello\n0\r\n\r\n',
  'data that ends with CR': '5\r\nhello\r0\r\n\r\n',
  'an empty line between chunks': '5\r\nhello\r\n\r\n0\r\n\r\n',
  'a trailer without a colon': '0\r\nX-Sum\r\n\r\n',
  'a trailer without a name': '0\r\n: 1\r\n\r\n',
  'a folded trailer': '0\r\nX: 1\r\n 2\r\n\r\n',
  'a trailer with NUL': '0\r\nX: \0\r\n\r\n',
  'a trailer with CR': '0\r\nX: a\rb\r\n\r\n',
  'a trailer that ends with LF': '0\r\nX: 1\nY: 2\r\n\r\n',
  'trailers that end with LF': '0\r\nX: 1\r\n\n',
  'a body that ends with LF': '0\r\n\n',
}

const BAD_FIELDS = {
  'a folded field': 'X-A: b\r\n c',
  'a field folded with a tab': 'X-A: b\r\n\tc',
  'a first field that is folded': ' X-A: b',
  'a line of a blank': ' ',
  'NUL in a value': 'X-A: b\0c',
  'CR in a value': 'X-A: b\rc',
  'CR at the end of a value': 'X-A: b\r',
  'CR before a value': 'X-A:\rb',
  'LF in a value': 'X-A: b\nX-C: d',
  'LF and a blank in a value': 'X-A: b\n c',
  'a control byte in a value': 'X-A: b\x01c',
  'a vertical tab around a value': 'X-A: \x0bb\x0c',
  'DEL in a value': 'X-A: b\x7fc',
  'NUL in a name': 'X\0A: b',
  'CR in a name': 'X\rA: b',
  'CR before a name': '\rX-A: b',
  'a blank before the colon': 'X-A : b',
  'a tab before the colon': 'X-A\t: b',
  'a blank in a name': 'X A: b',
  'a byte from 0x80 up in a name': 'X-\xe9: b',
  'a delimiter in a name': 'X(A): b',
  'no colon': 'X-A',
  'no name': ': b',
}

const BAD_STATUS_LINES = {
  'a status of two digits': 'HTTP/1.1 20 OK',
  'a status of four digits': 'HTTP/1.1 2000 OK',
  'a status that is no number': 'HTTP/1.1 2x0 OK',
  'a status below 100': 'HTTP/1.1 099 OK',
  'a status with a sign': 'HTTP/1.1 +20 OK',
  'no status': 'HTTP/1.1',
  'a blank and no status': 'HTTP/1.1 ',
  'two blanks before the status': 'HTTP/1.1  200 OK',
  'a tab before the status': 'HTTP/1.1\t200 OK',
  'a tab after the status': 'HTTP/1.1 200\tOK',
  'NUL in the reason': 'HTTP/1.1 200 O\0K',
  'CR in the reason': 'HTTP/1.1 200 O\rK',
  'LF in the reason': 'HTTP/1.1 200 O\nK: v',
  'version 2.0': 'HTTP/2.0 200 OK',
  'version 0.9': 'HTTP/0.9 200 OK',
  'version 1.2': 'HTTP/1.2 200 OK',
  'version 1.10': 'HTTP/1.10 200 OK',
  'version 1': 'HTTP/1 200 OK',
  'no version': 'HTTP 200 OK',
  'a version in lower case': 'http/1.1 200 OK',
  'another protocol': 'ICY 200 OK',
  'a blank before the line': ' HTTP/1.1 200 OK',
  'an empty line before the line': '\r\nHTTP/1.1 200 OK',
  'LF before the line': '\nHTTP/1.1 200 OK',
  'a byte order mark': '\xef\xbb\xbfHTTP/1.1 200 OK',
  'a request': 'GET / HTTP/1.1',
}

function table(
  bad: Readonly<Record<string, string>>,
  wire: (bad: string) => string,
): Readonly<Record<string, Malformed>> {
  return Object.fromEntries(Object.entries(bad).map(([name, text]) => [name, { wire: wire(text) }]))
}

const OTHERS: Readonly<Record<string, Malformed>> = {
  'a length with chunked': {
    wire: `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${END}`,
  },
  'chunked with a length': {
    wire: `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${END}`,
  },
  'chunked with an empty length': {
    wire: `${OK}Transfer-Encoding: chunked\r\nContent-Length:\r\n\r\n${END}`,
  },
  'HEAD with a length and chunked': {
    wire: `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
    isHead: true,
  },
  '204 with two lengths': {
    wire: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
  },
  '204 with a length and chunked': {
    wire: 'HTTP/1.1 204 No\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  },
  '304 with two lengths': {
    wire: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
  },
  'chunked from HTTP/1.0': {
    wire: `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${END}`,
  },
  'a head that ends with LF': { wire: `${OK}Content-Length: 0\r\n\n` },
  'a head with LF only': { wire: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok' },
  '101 that nobody asked for': { wire: SWITCHING },
  '103 with two lengths': {
    wire: `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${OK}\r\n`,
  },
  '101 without Upgrade': {
    wire: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n',
    mayUpgrade: true,
  },
  '101 with an Upgrade that names nothing': {
    wire: SWITCHING.replace('chat', ','),
    mayUpgrade: true,
  },
  '101 whose Connection does not list Upgrade': {
    wire: SWITCHING.replace('Connection: Upgrade', 'Connection: close'),
    mayUpgrade: true,
  },
  '101 with a length that is none': {
    wire: `${SWITCHING.slice(0, -2)}Content-Length: x\r\n\r\n`,
    mayUpgrade: true,
  },
  '100 from HTTP/1.0': { wire: `HTTP/1.0 100 Continue\r\n\r\n${length('ok')}` },
  '101 from HTTP/1.0': { wire: SWITCHING.replace('1.1', '1.0'), mayUpgrade: true },
  'malformed fields of 103': { wire: `HTTP/1.1 103 Early Hints\r\nX\r\n\r\n${length('ok')}` },
  'a greeting of another protocol': { wire: '220 mail.test ESMTP\r\n' },
  'a head one byte over the limit': {
    wire: `${headOf(65)}\r\n\r\n`,
    maxHeadBytes: 64,
    code: 'RESPONSE_HEAD_TOO_LARGE',
  },
  'a head over the limit without an end': {
    wire: headOf(80),
    maxHeadBytes: 64,
    code: 'RESPONSE_HEAD_TOO_LARGE',
  },
  '103 over the limit': {
    wire: `${headOf(65).replace('200 OK', '103 OK')}\r\n\r\n${length('ok')}`,
    maxHeadBytes: 64,
    code: 'RESPONSE_HEAD_TOO_LARGE',
  },
  'a head over the limit with LF before it': {
    wire: `HTTP/1.1 200 OK\n${headOf(80)}\r\n\r\n`,
    maxHeadBytes: 64,
  },
  'a head over the limit with LF behind it': {
    wire: `${headOf(70)}\n\r\n\r\n`,
    maxHeadBytes: 64,
    code: 'RESPONSE_HEAD_TOO_LARGE',
  },
  'trailers over the limit': {
    wire: `${CHUNKED}0\r\nX: ${'y'.repeat(80)}\r\n\r\n`,
    maxHeadBytes: 64,
  },
  'extensions over the limit': { wire: `${CHUNKED}1;${'x'.repeat(17_000)}\r\n!\r\n${END}` },
}

/** Every kind of response that RFC 9112 does not allow, or that is too large. */
export const MALFORMED: Readonly<Record<string, Malformed>> = {
  ...table(BAD_LENGTHS, (value) => `${OK}Content-Length: ${value}\r\n\r\nhello`),
  ...table(BAD_CODINGS, (value) => `${OK}Transfer-Encoding: ${value}\r\n\r\n2\r\nok\r\n${END}`),
  ...table(BAD_CHUNKS, (chunks) => CHUNKED + chunks),
  ...table(BAD_FIELDS, (line) => `${OK}Content-Length: 2\r\n${line}\r\n\r\nok`),
  ...table(BAD_STATUS_LINES, (line) => `${line}\r\nContent-Length: 2\r\n\r\nok`),
  ...OTHERS,
}

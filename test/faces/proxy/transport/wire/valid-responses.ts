import type { ReadingOptions } from './reading.js'

/** A response that must be believed. */
export interface Valid extends ReadingOptions {
  readonly wire: string
  readonly status: number
  readonly body?: string
  readonly trailers?: readonly string[]
  /** Bytes behind the end of the response. */
  readonly leftover?: number
  readonly persistent?: boolean
}

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const END = '0\r\n\r\n'
const NEXT = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

function length(body: string): string {
  return `${OK}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** A head of exactly so many bytes up to its empty line. */
export function headOf(bytes: number): string {
  const start = `${OK}Content-Length: 0\r\nX: `
  return `${start}${'y'.repeat(bytes - start.length)}`
}

const BY_LENGTH: Readonly<Record<string, Valid>> = {
  'a length': { wire: length('hello'), status: 200, body: 'hello' },
  'a length of 0': { wire: length(''), status: 200 },
  'a length in upper case': { wire: `${OK}CONTENT-LENGTH: 2\r\n\r\nok`, status: 200, body: 'ok' },
  'a length without a blank': { wire: `${OK}Content-Length:2\r\n\r\nok`, status: 200, body: 'ok' },
  'a length among blanks': {
    wire: `${OK}Content-Length: \t 2 \t\r\n\r\nok`,
    status: 200,
    body: 'ok',
  },
  'a length with zeros before it': {
    wire: `${OK}Content-Length: 002\r\n\r\nok`,
    status: 200,
    body: 'ok',
  },
  'a body that looks like a head': {
    wire: length('HTTP/1.1 500 No\r\n\r\n\n\0'),
    status: 200,
    body: 'HTTP/1.1 500 No\r\n\r\n\n\0',
  },
  'a response behind it': { wire: length('ok') + NEXT, status: 200, body: 'ok', leftover: 42 },
  'one byte behind it': { wire: `${length('ok')}\n`, status: 200, body: 'ok', leftover: 1 },
  'Connection: close': {
    wire: `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nok`,
    status: 200,
    body: 'ok',
    persistent: false,
  },
  'close among other options': {
    wire: `${OK}Connection: a, CLOSE ,b\r\nContent-Length: 2\r\n\r\nok`,
    status: 200,
    body: 'ok',
    persistent: false,
  },
  'close in a second field': {
    wire: `${OK}Connection: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`,
    status: 200,
    body: 'ok',
    persistent: false,
  },
  'HTTP/1.0 with a length': {
    wire: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    persistent: false,
  },
}

const CHUNKS: Readonly<Record<string, Valid>> = {
  'two chunks': {
    wire: `${CHUNKED}5\r\nhello\r\n7\r\n, world\r\n${END}`,
    status: 200,
    body: 'hello, world',
  },
  'no chunk at all': { wire: `${CHUNKED}${END}`, status: 200 },
  'sizes in hex, in both cases, with zeros before them': {
    wire: `${CHUNKED}a\r\n0123456789\r\n0B\r\nhello worl!\r\n000${END}`,
    status: 200,
    body: '0123456789hello worl!',
  },
  'chunks that hold what frames them': {
    wire: `${CHUNKED}7\r\n\r\n0\r\n\r\n\r\n${END}`,
    status: 200,
    body: '\r\n0\r\n\r\n',
  },
  'a coding in another case': {
    wire: `${OK}transfer-encoding: Chunked\r\n\r\n2\r\nok\r\n${END}`,
    status: 200,
    body: 'ok',
  },
  extensions: {
    wire: `${CHUNKED}5;a\r\nhello\r\n1;a=b;c="d e"\r\n!\r\n0;last\r\n\r\n`,
    status: 200,
    body: 'hello!',
  },
  trailers: {
    wire: `${CHUNKED}2\r\nok\r\n0\r\nX-Sum: 1\r\nx-sum:2\r\nX-Empty:\r\n\r\n`,
    status: 200,
    body: 'ok',
    trailers: ['X-Sum', '1', 'x-sum', '2', 'X-Empty', ''],
  },
  'trailers and a response behind them': {
    wire: `${CHUNKED}2\r\nok\r\n0\r\nX: 1\r\n\r\n${NEXT}`,
    status: 200,
    body: 'ok',
    trailers: ['X', '1'],
    leftover: 42,
  },
  'a response behind the last chunk': {
    wire: `${CHUNKED}2\r\nok\r\n${END}${NEXT}`,
    status: 200,
    body: 'ok',
    leftover: 42,
  },
}

const UNTIL_CLOSE: Readonly<Record<string, Valid>> = {
  'no framing': { wire: `${OK}\r\nhello`, status: 200, body: 'hello', persistent: false },
  'no framing and no body': { wire: `${OK}\r\n`, status: 200, persistent: false },
  'HTTP/1.0 without framing': {
    wire: 'HTTP/1.0 200 OK\r\n\r\nhello\r\n\r\nHTTP/1.1',
    status: 200,
    body: 'hello\r\n\r\nHTTP/1.1',
    persistent: false,
  },
}

const WITHOUT_BODY: Readonly<Record<string, Valid>> = {
  '204': { wire: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204 },
  '204 with a length': {
    wire: `HTTP/1.1 204 No Content\r\nContent-Length: 42\r\n\r\n${NEXT}`,
    status: 204,
    leftover: 42,
  },
  '304 with a length': {
    wire: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 42\r\nETag: "x"\r\n\r\n',
    status: 304,
  },
  '304 that says chunked': {
    wire: 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
    status: 304,
  },
  'HEAD with a length': { wire: `${OK}Content-Length: 5\r\n\r\n`, status: 200, isHead: true },
  'HEAD without framing': { wire: `${OK}X: y\r\n\r\n`, status: 200, isHead: true },
  'HEAD that says chunked': { wire: CHUNKED, status: 200, isHead: true },
  'HEAD that is answered with a body': {
    wire: length('hello'),
    status: 200,
    isHead: true,
    leftover: 5,
  },
}

const HEADS: Readonly<Record<string, Valid>> = {
  'no reason': { wire: 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n', status: 200 },
  'no reason and no blank': { wire: 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', status: 200 },
  'a reason with bytes from 0x80 up': {
    wire: 'HTTP/1.1 404 N\xe4 \t so was\r\nContent-Length: 0\r\n\r\n',
    status: 404,
  },
  'an unknown status': { wire: 'HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n', status: 799 },
  'fields with every kind of byte that is allowed': {
    wire: `${OK}X-A: \xff\x80 "~!\t\r\n!#$%&'*+-.^_\`|~09Az: :\r\nContent-Length: 0\r\n\r\n`,
    status: 200,
  },
  'fields that repeat': {
    wire: `${OK}Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nset-cookie: a=b\r\nContent-Length: 0\r\n\r\n`,
    status: 200,
  },
  'fields with names of objects': {
    wire: `${OK}__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n`,
    status: 200,
  },
  'an empty field': { wire: `${OK}X:\r\nY: \t \r\nContent-Length: 0\r\n\r\n`, status: 200 },
  'a head of just the limit': { wire: `${headOf(64)}\r\n\r\n`, status: 200, maxHeadBytes: 64 },
}

const INFORMATIONAL: Readonly<Record<string, Valid>> = {
  '100 before it': {
    wire: `HTTP/1.1 100 Continue\r\n\r\n${length('ok')}`,
    status: 200,
    body: 'ok',
  },
  'several before it': {
    wire: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 \r\n\r\n${length('ok')}`,
    status: 200,
    body: 'ok',
  },
  '103 that speaks of a body': {
    wire: `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n${length('ok')}`,
    status: 200,
    body: 'ok',
  },
  '100 before chunks': {
    wire: `HTTP/1.1 100 Continue\r\n\r\n${CHUNKED}2\r\nok\r\n${END}`,
    status: 200,
    body: 'ok',
  },
  '100 of just the limit, and a head of just the limit': {
    wire: `${headOf(64).replace('200 OK', '100 OK')}\r\n\r\n${headOf(64)}\r\n\r\n`,
    status: 200,
    maxHeadBytes: 64,
  },
}

/** Every framing a response can have, with what must be understood of it. */
export const VALID: Readonly<Record<string, Valid>> = {
  ...BY_LENGTH,
  ...CHUNKS,
  ...UNTIL_CLOSE,
  ...WITHOUT_BODY,
  ...HEADS,
  ...INFORMATIONAL,
}

/** Responses that switch to another protocol, and how many bytes of that came with them. */
export const SWITCHES: Readonly<Record<string, { wire: string; leftover: number }>> = {
  '101': { wire: SWITCHING, leftover: 0 },
  '101 and early bytes': { wire: `${SWITCHING}\0\n\r\nearly`, leftover: 9 },
  '100 and 101': { wire: `HTTP/1.1 100 Continue\r\n\r\n${SWITCHING}HTTP`, leftover: 4 },
  '101 with a length': {
    wire: `${SWITCHING.slice(0, -2)}Content-Length: 5\r\n\r\nhello`,
    leftover: 5,
  },
}

/** Responses that break off. */
export const BROKEN_OFF: Readonly<Record<string, ReadingOptions & { readonly wire: string }>> = {
  nothing: { wire: '' },
  'a part of the version': { wire: 'HTT' },
  'a part of the head': { wire: `${OK}Content-Len` },
  'all of the head but the last byte': { wire: `${OK}Content-Length: 0\r\n\r` },
  'a 100 and no more': { wire: 'HTTP/1.1 100 Continue\r\n\r\n' },
  'a body shorter than its length': { wire: length('hello').slice(0, -1) },
  'no body at all': { wire: length('hello').slice(0, -5) },
  'a part of a chunk size': { wire: `${CHUNKED}5\r\nhello\r\n1` },
  'a part of a chunk': { wire: `${CHUNKED}5\r\nhel` },
  'no last chunk': { wire: `${CHUNKED}5\r\nhello\r\n` },
  'no empty line behind the last chunk': { wire: `${CHUNKED}5\r\nhello\r\n0\r\n` },
  'a part of the trailers': { wire: `${CHUNKED}0\r\nX: 1\r\n` },
}

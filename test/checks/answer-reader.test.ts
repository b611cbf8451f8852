import { test } from 'tap'
import { AnswerReader } from '../../src/checks/answer-reader.js'
import type { Answer, Question } from '../../src/checks/http-question.js'
import { PointsmanError } from '../../src/core/errors.js'

const QUESTION: Question = {
  scheme: 'http',
  method: 'GET',
  path: '/',
  host: 'h',
  fields: [],
  bodyBytes: 8,
}

/** What is said of an answer that comes in pieces of `size` bytes, each in the same memory, and then ends. */
function read(text: string, size: number, question: Partial<Question> = {}): Answer | string {
  const reader = new AnswerReader({ ...QUESTION, ...question })
  const bytes = Buffer.from(text, 'latin1')
  const memory = Buffer.alloc(size + 4, 'x')
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const copied = bytes.copy(memory, 0, at, at + size)
      const answer = reader.take(memory, copied)
      if (answer) return answer
    }
    return reader.finish() ?? 'incomplete'
  } catch (error) {
    return error instanceof PointsmanError ? error.message : String(error)
  }
}

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const MALFORMED = 'answer is malformed: its '

interface Case {
  readonly title: string
  readonly text: string
  readonly question?: Partial<Question>
  /** A body that was read, or what is said instead. */
  readonly expected: Answer | string
}

function ok(body: string, status = 200): Answer {
  return { status, body }
}

const CASES: readonly Case[] = [
  { title: 'a length', text: `${OK}Content-Length: 2\r\n\r\nokay`, expected: ok('ok') },
  {
    title: 'blanks around a length',
    text: `${OK}content-LENGTH:\t 02 \r\n\r\nokay`,
    expected: ok('ok'),
  },
  { title: 'no body', text: `${OK}Content-Length: 0\r\n\r\n`, expected: ok('') },
  { title: 'a body that ends with the connection', text: `${OK}\r\nfine`, expected: ok('fine') },
  {
    title: 'more of a body than is wanted',
    text: `${OK}Content-Length: 20\r\n\r\n0123456789`,
    expected: ok('01234567'),
  },
  {
    title: 'a body that nobody wants',
    text: CHUNKED,
    question: { bodyBytes: 0 },
    expected: ok(''),
  },
  { title: 'chunks', text: `${CHUNKED}3\r\nabc\r\n002\r\nde\r\n0\r\n\r\n`, expected: ok('abcde') },
  {
    title: 'chunks with extensions',
    text: `${CHUNKED}A;x="y"\r\n0123456789\r\n`,
    expected: ok('01234567'),
  },
  { title: 'no chunk', text: `${CHUNKED}0\r\n`, expected: ok('') },
  { title: 'an empty reason', text: 'HTTP/1.1 200\r\n\r\n', expected: ok('') },
  {
    title: 'bytes beyond ASCII',
    text: 'HTTP/1.0 200 \xe9\r\nX: \xe9\r\n\r\n\xc3\xa9',
    expected: ok('é'),
  },
  {
    title: 'informational answers',
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\nLink: <a>\r\n\r\n${OK}\r\nok`,
    expected: ok('ok'),
  },
  { title: 'a switch', text: 'HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n', expected: ok('', 101) },
  { title: 'status 204', text: 'HTTP/1.1 204 N\r\n\r\nno', expected: ok('', 204) },
  {
    title: 'status 304',
    text: 'HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n',
    expected: ok('', 304),
  },
  {
    title: 'an answer to HEAD',
    text: `${OK}Content-Length: 9\r\n\r\n`,
    question: { method: 'HEAD' },
    expected: ok(''),
  },

  { title: 'nothing', text: '', expected: 'incomplete' },
  { title: 'half a head', text: `${OK}Content-Le`, expected: 'incomplete' },
  {
    title: 'an informational answer alone',
    text: 'HTTP/1.1 100 C\r\n\r\n',
    expected: 'incomplete',
  },
  { title: 'half a body', text: `${OK}Content-Length: 4\r\n\r\nab`, expected: 'incomplete' },
  { title: 'chunks without a last one', text: `${CHUNKED}2\r\nab\r\n`, expected: 'incomplete' },

  { title: 'another protocol', text: 'SSH-2.0-x\r\n', expected: `${MALFORMED}head` },
  { title: 'another version', text: 'HTTP/2.0 200 OK\r\n\r\n', expected: `${MALFORMED}head` },
  { title: 'a bare LF', text: 'HTTP/1.1 200 OK\nX: y\r\n\r\n', expected: `${MALFORMED}head` },
  { title: 'a NUL', text: `${OK}X: \0`, expected: `${MALFORMED}head` },
  ...[
    'HTTP/1.2 200 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 200OK',
    'HTTP/1.1 200 O\x07K',
  ].map((line) => ({
    title: JSON.stringify(line),
    text: `${line}\r\n\r\n`,
    expected: `${MALFORMED}head`,
  })),
  ...['X', ': y', 'X : y', 'X: y\r\n z: folded', 'X: \x7f', 'X: y\rz'].map((field) => ({
    title: `the field ${JSON.stringify(field)}`,
    text: `${OK}${field}\r\n\r\n`,
    expected: `${MALFORMED}head`,
  })),
  ...[
    'Content-Length: 1\r\nContent-Length: 1',
    'Content-Length: 1, 1',
    'Content-Length: +1',
    'Content-Length: 0x1',
    'Content-Length: ',
    'Content-Length: 1234567890123456',
    'Content-Length: 1\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: chunkedx',
  ].map((fields) => ({
    title: JSON.stringify(fields),
    text: `${OK}${fields}\r\n\r\n`,
    expected: `${MALFORMED}framing`,
  })),
  {
    title: 'chunks in HTTP/1.0',
    text: CHUNKED.replace('1.1', '1.0'),
    expected: `${MALFORMED}framing`,
  },
  ...[
    'x\r\n',
    '-1\r\n',
    '\r\n\r\n',
    '1 \r\n',
    '1\n',
    '0x1\r\n',
    '1234567890abc\r\n',
    '1\r\nab\r\n',
  ].map((chunk) => ({
    title: `the chunk ${JSON.stringify(chunk)}`,
    text: `${CHUNKED}${chunk}`,
    expected: `${MALFORMED}chunks`,
  })),
  {
    title: 'the line of a chunk without end',
    text: `${CHUNKED}1;${'x'.repeat(17_000)}`,
    expected: `${MALFORMED}chunks`,
  },
  {
    title: 'a head without end',
    text: `${OK}X: ${'y'.repeat(17_000)}`,
    expected: 'head of the answer is too large',
  },
]

for (const { title, text, question, expected } of CASES) {
  test(`reads ${title}, whatever pieces it comes in`, (t) => {
    for (const size of [1, 2, 3, 7, 1000, 65_536]) {
      t.same(read(text, size, question), expected, `pieces of ${size} bytes`)
    }
    t.end()
  })
}

test('a head may be as large as 16 KiB, wherever its pieces end', (t) => {
  const fits = `${OK}X: ${'y'.repeat(16_384 - OK.length - 3)}\r\n\r\n`
  for (const size of [1000, 16_380, 16_386, 65_536]) {
    t.same(read(`${fits}ok`, size), ok('ok'))
    t.equal(read(`${OK}a${fits.slice(OK.length)}ok`, size), 'head of the answer is too large')
  }
  t.end()
})

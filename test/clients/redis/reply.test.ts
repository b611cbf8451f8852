import { test } from 'tap'
import { ReplyReader, type Answer } from '../../../src/clients/redis/reply.js'
import { PointsmanError } from '../../../src/core/errors.js'
import { seeded } from '../../support/seeded.js'

const CASES: readonly (readonly [bytes: string, answers: readonly Answer[]])[] = [
  ['+PONG\r\n', [{ reply: 'PONG' }]],
  ['+\r\n', [{ reply: '' }]],
  ['-ERR no\r\n', [{ refusal: 'ERR no' }]],
  [':0\r\n:-7\r\n:+7\r\n', [{ reply: 0 }, { reply: -7 }, { reply: 7 }]],
  [':9223372036854775807\r\n', [{ reply: 2 ** 63 }]],
  ['$4\r\na\r\nb\r\n', [{ reply: 'a\r\nb' }]],
  ['$0\r\n\r\n', [{ reply: '' }]],
  ['$2\r\n\u00e9\r\n', [{ reply: '\u00e9' }]],
  ['$-1\r\n*-1\r\n', [{ reply: null }, { reply: null }]],
  ['*0\r\n', [{ reply: [] }]],
  ['*2\r\n*0\r\n*1\r\n:1\r\n+x\r\n', [{ reply: [[], [1]] }, { reply: 'x' }]],
  [
    '*3\r\n$6\r\nmaster\r\n:3129659\r\n*1\r\n*3\r\n$9\r\n127.0.0.1\r\n$4\r\n9001\r\n$7\r\n3129242\r\n',
    [{ reply: ['master', 3129659, [['127.0.0.1', '9001', '3129242']]] }],
  ],
  [`${'*1\r\n'.repeat(8)}:1\r\n`, [{ reply: [[[[[[[[1]]]]]]]] }]],
]

for (const [text, answers] of CASES)
  test(`${JSON.stringify(text)} is read, wherever it is cut`, (t) => {
    const bytes = Buffer.from(text)
    for (let at = 0; at <= bytes.length; at++) {
      const reader = new ReplyReader()
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)]
      t.same(
        pieces.flatMap((piece) => reader.take(piece)),
        answers,
      )
    }
    const reader = new ReplyReader()
    t.same(
      [...bytes].flatMap((byte) => reader.take(Buffer.from([byte]))),
      answers,
      'byte by byte',
    )
    t.end()
  })

const MALFORMED: readonly (readonly [what: string, bytes: string, words: string])[] = [
  ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'not Redis'],
  ['a null of RESP3', '_\r\n', 'not Redis'],
  ['a map of RESP3', '%1\r\n+a\r\n:1\r\n', 'not Redis'],
  ['an empty line', '\r\n', 'not Redis'],
  ['a line without CR', '+PONG\n', 'line'],
  ['a line with a CR within', '+PO\rNG\r\n', 'line'],
  ['a number that is none', ':1x\r\n', 'number'],
  ['a number without digits', ':\r\n', 'number'],
  ['a fraction', ':1.5\r\n', 'number'],
  ['a length that is none', '$x\r\n', 'length'],
  ['no length', '$\r\n', 'length'],
  ['a negative length', '$-2\r\n', 'length'],
  ['a negative number of items', '*-2\r\n', 'length'],
  ['a length of many digits', `*${'9'.repeat(30)}\r\n`, 'length'],
  ['a text that is longer than announced', '$1\r\nab\r\n', 'text'],
  ['a text over 1 MiB', '$1048577\r\n', 'over 1048576 bytes'],
  [
    'a list over 1 MiB',
    `*5\r\n${`$262144\r\n${'x'.repeat(262_144)}\r\n`.repeat(4)}`,
    'over 1048576 bytes',
  ],
  ['a line without end', `+${'x'.repeat(5000)}`, 'line over 4096 bytes'],
  ['a line that is too long', `+${'x'.repeat(5000)}\r\n`, 'line over 4096 bytes'],
  ['lists in lists', '*1\r\n'.repeat(9), 'lists deeper than 8'],
  ['a refusal within a list', '*1\r\n-ERR no\r\n', 'refusal within a list'],
]

for (const [what, bytes, words] of MALFORMED)
  test(`${what} is no answer`, (t) => {
    const expected = { code: 'RESPONSE_MALFORMED', message: `answer is malformed (${words})` }
    t.throws(() => new ReplyReader().take(Buffer.from(bytes)), expected)
    const reader = new ReplyReader()
    t.throws(() => {
      for (const byte of Buffer.from(bytes)) reader.take(Buffer.from([byte]))
    }, expected)
    t.end()
  })

test('damaged answers are read or refused, and nothing else happens', (t) => {
  const random = seeded(6379)
  const whole = Buffer.from(CASES.map(([bytes]) => bytes).join(''))
  let refused = 0
  for (let round = 0; round < 5000; round++) {
    const bytes = Buffer.from(whole)
    for (let i = 0; i < 3; i++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    try {
      new ReplyReader().take(bytes)
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      refused++
    }
  }
  t.ok(refused > 0)
  t.end()
})

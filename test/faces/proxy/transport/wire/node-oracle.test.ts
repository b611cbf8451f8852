import { test } from 'tap'
import type { Random } from '../../../../../src/core/ports.js'
import { seeded } from '../../../../support/clock.js'
import { MALFORMED } from './malformed-responses.js'
import { readByNode, type NodeReading } from './node-reading.js'
import { bodyOf, read, type ReadingOptions } from './reading.js'
import { BROKEN_OFF, VALID } from './valid-responses.js'

/** Our reading in the words of Node's; undefined when it is refused or not whole. */
function readByUs(bytes: Buffer, options: ReadingOptions): NodeReading | undefined {
  const reading = read([bytes], options)
  const head = reading.events.find(([name]) => name === 'head')
  if (!reading.isWhole || reading.error || !head) return undefined
  const told = (name: string) => reading.events.filter(([event]) => event === name)
  return {
    // The events are told with the values named here.
    informational: told('informational').map(
      ([, ...rest]) => rest as unknown as [number, ...string[]],
    ),
    status: head[1] as number,
    reason: head[2] as string,
    fields: head.slice(4) as string[],
    body: bodyOf(reading),
    trailers: told('complete').flatMap(([, ...trailers]) => trailers) as string[],
  }
}

/** Valid responses that Node's client refuses. */
const NODE_REFUSES: Readonly<Record<string, string>> = {
  'a length among blanks': 'it minds a tab behind the digits, which RFC 9110 §5.5 allows',
  'HEAD that is answered with a body': 'it reads what is behind the end as another response',
}

test('Node understands the same of every valid response', async (t) => {
  for (const [name, valid] of Object.entries(VALID)) {
    const bytes = Buffer.from(valid.wire, 'latin1')
    const expected = name in NODE_REFUSES ? undefined : readByUs(bytes, valid)
    t.strictSame(await readByNode(bytes, valid), expected, name)
  }
})

/** Responses that Node's client believes, and we do not. */
const STRICTER: Readonly<Record<string, string>> = {
  'a length of many digits': 'no server writes them',
  'a coding before chunked': 'nobody asked for one',
  'a coding after chunked': 'likewise; Node reads until the connection ends',
  'another coding': 'likewise',
  identity: 'it is none since RFC 7230',
  'chunked twice in one field': 'RFC 9112 §6.1: not more than once',
  'chunked in two fields': 'likewise',
  'an empty member': 'others see another list',
  'an empty coding': 'others see none',
  'chunked with a parameter': 'chunked has none',
  'chunked in quotes': 'it is a token',
  'a size of many digits': 'no server writes them',
  'a status below 100': 'RFC 9112 §4, RFC 9110 §15',
  'NUL in the reason': 'RFC 9112 §4',
  'version 2.0': 'RFC 9112 §2.3',
  'version 0.9': 'likewise',
  'an empty line before the line': 'RFC 9112 §2.2 allows it before requests only',
  'LF before the line': 'likewise',
  'chunked from HTTP/1.0': 'RFC 9112 §6.1: its framing is faulty',
  'a head one byte over the limit': 'Node was not told of the limit',
  '103 over the limit': 'likewise',
  'trailers over the limit': 'likewise',
}

test('what Node does not believe, we do not either', async (t) => {
  const stricter: string[] = []
  for (const [name, bad] of [...Object.entries(MALFORMED), ...Object.entries(BROKEN_OFF)]) {
    const bytes = Buffer.from(bad.wire, 'latin1')
    t.equal(readByUs(bytes, bad), undefined, name)
    if (await readByNode(bytes, bad)) stricter.push(name)
  }
  t.strictSame(stricter, Object.keys(STRICTER), 'where we are stricter')
})

/** Bytes that mean something somewhere. */
const SPEAKING = Buffer.from('\r\n\0\t :;,0159afgx-+"\x7f\x80\xff\x0b\r\n\r\n', 'latin1')

function upTo(limit: number, random: Random): number {
  return Math.floor(random.next() * limit)
}

/** One of the bytes is lost, added, repeated or another. */
function damaged(bytes: Buffer, random: Random): Buffer {
  const at = upTo(bytes.length, random)
  const other = SPEAKING.subarray(upTo(SPEAKING.length, random))
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)]
  switch (upTo(4, random)) {
    case 0:
      return Buffer.concat([before, after])
    case 1:
      return Buffer.concat([before, other.subarray(0, 1), bytes.subarray(at)])
    case 2:
      return Buffer.concat([before, bytes.subarray(at, at + 1), bytes.subarray(at)])
    default:
      return Buffer.concat([before, other.subarray(0, 1), after])
  }
}

/** Where Node's client refuses what we believe, and why we do. */
const LAXER = [
  // Extensions are dropped unread: nothing hangs on what they say.
  /^[0-9a-f]+;/im,
  // It minds a tab behind the value, which RFC 9110 §5.5 allows.
  /^(?:content-length|transfer-encoding):.*\t\r$/im,
]

test('what Node does not believe of damaged responses, we do not either', async (t) => {
  const ROUNDS = 4000
  const random = seeded(9112)
  const corpus = Object.values(VALID)
  const laxer: unknown[] = []
  let believed = 0
  for (let round = 0; round < ROUNDS; round++) {
    const valid = corpus[upTo(corpus.length, random)]
    if (!valid) continue
    let bytes: Buffer = Buffer.from(valid.wire, 'latin1')
    for (let times = upTo(3, random); times >= 0; times--) bytes = damaged(bytes, random)
    const ours = readByUs(bytes, valid)
    // What is behind the end is none of the response's, and drops the connection.
    const whole = bytes.subarray(0, bytes.length - read([bytes], valid).leftover)
    const wire = whole.toString('latin1')
    if (!ours || LAXER.some((pattern) => pattern.test(wire))) continue
    believed++
    const nodes = await readByNode(whole, valid)
    if (JSON.stringify(ours) !== JSON.stringify(nodes)) laxer.push({ wire, ours, nodes })
  }
  t.ok(believed > ROUNDS / 5, `${believed} of ${ROUNDS} are still responses`)
  t.strictSame(laxer, [])
})

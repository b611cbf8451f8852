import { test } from 'tap'
import { MALFORMED } from './malformed-responses.js'
import { readByNode } from './node-reading.js'
import { readByUs } from './understood.js'
import { BROKEN_OFF, VALID } from './valid-responses.js'

/** Valid responses that Node's client reads in a way of its own: it minds a tab behind a length, which RFC 9110 §5.5 allows. */
const NODE_REFUSES = 'a length among blanks'
/** RFC 9112 §6.3: whatever its fields say, it ends with its head; Node does not use the connection again. */
const NODE_CLOSES = 'HEAD without framing'

test('Node understands the same of every valid response', async (t) => {
  for (const [name, valid] of Object.entries(VALID)) {
    const { understood, size } = readByUs([valid.wire], valid)
    // What is behind the end is none of the response's, and drops the connection.
    const nodes = await readByNode([valid.wire.slice(0, size)], valid)
    if (name === NODE_REFUSES) t.equal(nodes, undefined, name)
    else if (name === NODE_CLOSES) t.match(nodes, { ...understood, isReusable: false }, name)
    else t.strictSame(nodes, understood, name)
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
  '101 that nobody asked for': 'RFC 9110 §7.8',
  '101 without Upgrade': 'RFC 9110 §15.2.2; Node takes it for a final response',
  '101 with an Upgrade that names nothing': 'likewise; Node switches',
  '101 whose Connection does not list Upgrade': 'RFC 9110 §7.8; Node takes it for a final response',
  '101 from HTTP/1.0': 'RFC 9110 §15.2',
  'a head one byte over the limit': 'Node was not told of the limit',
  '103 over the limit': 'likewise',
  'trailers over the limit': 'likewise',
}

test('what Node does not believe, we do not either', async (t) => {
  const stricter: string[] = []
  for (const [name, bad] of [...Object.entries(MALFORMED), ...Object.entries(BROKEN_OFF)]) {
    t.equal(readByUs([bad.wire], bad).understood, undefined, name)
    if (await readByNode([bad.wire], bad)) stricter.push(name)
  }
  t.strictSame(stricter, Object.keys(STRICTER), 'where we are stricter')
})

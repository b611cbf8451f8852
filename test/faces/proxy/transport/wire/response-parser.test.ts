import { test } from 'tap'
import { seeded } from '../../../../support/clock.js'
import { MALFORMED } from './malformed-responses.js'
import { bodyOf, read, type Reading, type ReadingOptions } from './reading.js'
import { BROKEN_OFF, SWITCHES, VALID } from './valid-responses.js'

function bytes(wire: string): Buffer {
  return Buffer.from(wire, 'latin1')
}

test('a valid response is understood', (t) => {
  for (const [name, valid] of Object.entries(VALID)) {
    const reading = read([bytes(valid.wire)], valid)
    const complete = reading.events.at(-1) ?? []
    t.equal(reading.error, undefined, `${name}: no error`)
    t.equal(reading.isWhole, true, `${name}: it is whole`)
    t.equal(
      reading.events.find(([event]) => event === 'head')?.[1],
      valid.status,
      `${name}: status`,
    )
    t.equal(bodyOf(reading), valid.body ?? '', `${name}: body`)
    t.strictSame(complete, ['complete', ...(valid.trailers ?? [])], `${name}: trailers`)
    t.equal(reading.leftover, valid.leftover ?? 0, `${name}: bytes behind it`)
    t.equal(reading.persistent, valid.persistent ?? true, `${name}: persistent`)
  }
  t.end()
})

test('the head of a final response tells how its body is framed', (t) => {
  const framings = [
    ['a length', 5],
    ['a length of 0', 'none'],
    ['two chunks', 'chunked'],
    ['no chunk at all', 'chunked'],
    ['no framing', 'chunked'],
    ['204', 'none'],
    ['304 with a length', 'none'],
    ['HEAD with a length', 'none'],
    ['HEAD that says chunked', 'none'],
  ] as const
  for (const [name, framing] of framings) {
    const valid = VALID[name]
    const head = read([bytes(valid?.wire ?? '')], valid).events.find(([event]) => event === 'head')
    t.equal(head?.[3], framing, name)
  }
  t.end()
})

test('fields and reason keep their bytes, case, order and repeats', (t) => {
  const wire =
    'HTTP/1.1 200 N\xe4 so\r\nsEt-cOOkie: a\r\nX: \xff "\t~\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n'
  const fields = ['sEt-cOOkie', 'a', 'X', '\xff "\t~', 'Set-Cookie', 'b', 'Content-Length', '0']
  t.strictSame(read([bytes(wire)]).events[0], ['head', 200, 'N\xe4 so', 'none', ...fields])
  t.end()
})

test('an informational response is told with its fields, before the final one', (t) => {
  const [early, processing, head] = read([bytes(VALID['several before it']?.wire ?? '')]).events
  t.strictSame(early, ['informational', 103, 'Link', '</a>'])
  t.strictSame(processing, ['informational', 102])
  t.equal(head?.[0], 'head')
  t.end()
})

test('101 ends HTTP where it was asked for', (t) => {
  for (const [name, { wire, leftover }] of Object.entries(SWITCHES)) {
    const reading = read([bytes(wire)], { mayUpgrade: true })
    t.equal(reading.events.at(-1)?.[0], 'switching', `${name}: told`)
    t.equal(reading.leftover, leftover, `${name}: bytes behind it`)
    t.equal(reading.persistent, false, `${name}: the connection is no longer one of HTTP`)
  }
  t.end()
})

test('a malformed response is refused', (t) => {
  for (const [name, malformed] of Object.entries(MALFORMED)) {
    const reading = read([bytes(malformed.wire)], malformed)
    t.equal(reading.error, malformed.code ?? 'RESPONSE_MALFORMED', name)
    t.notOk(reading.isWhole, `${name}: not whole`)
  }
  t.end()
})

test('nothing of a malformed head is told', (t) => {
  const isOfHead = ({ wire }: { wire: string }) => !wire.includes('chunked\r\n\r\n')
  for (const [name, malformed] of Object.entries(MALFORMED)) {
    if (isOfHead(malformed)) t.strictSame(read([bytes(malformed.wire)], malformed).events, [], name)
  }
  t.end()
})

test('a response that breaks off is no error, and not whole', (t) => {
  for (const [name, { wire }] of Object.entries(BROKEN_OFF)) {
    const { error, isWhole } = read([bytes(wire)])
    t.strictSame({ error, isWhole }, { error: undefined, isWhole: false }, name)
  }
  t.end()
})

test('the target says for how long it keeps an idle connection', (t) => {
  const hints: Readonly<Record<string, number | undefined>> = {
    'timeout=5': 5000,
    'timeout=0': 0,
    'timeout=5, max=100': 5000,
    'max=100, timeout=5': 5000,
    'max=100,timeout=5': 5000,
    'TIMEOUT=5': 5000,
    'x-timeout=5': undefined,
    'timeout=-5': undefined,
    'timeout=x': undefined,
    timeout: undefined,
    'max=5': undefined,
    '': undefined,
  }
  for (const [value, hint] of Object.entries(hints)) {
    const wire = `HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`
    t.equal(read([bytes(wire)]).idleHintMs, hint, value)
  }
  t.end()
})

test('a body that is longer than any buffer has no limit of its own', (t) => {
  const chunk = 'x'.repeat(255)
  const extended = `ff;a="${'y'.repeat(1000)}"\r\n${chunk}\r\n`
  const wire = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${extended.repeat(100)}0\r\n\r\n`
  const reading = read([bytes(wire)])
  t.equal(reading.error, undefined)
  t.equal(bodyOf(reading), chunk.repeat(100))
  t.end()
})

/** Everything of the corpus, under names of its own. */
const ALL: readonly (readonly [string, ReadingOptions & { readonly wire: string }])[] = [
  ...Object.entries(VALID),
  ...Object.entries(MALFORMED),
  ...Object.entries(BROKEN_OFF),
  ...Object.entries(SWITCHES).map(([name, it]) => [name, { ...it, mayUpgrade: true }] as const),
]

/** Where the cuts differ, as few assertions as can be: hundreds of thousands of them would take minutes. */
function difference(whole: Reading, cut: Reading): string | undefined {
  const [expected, found] = [JSON.stringify(whole), JSON.stringify(cut)]
  return expected === found ? undefined : `${found} instead of ${expected}`
}

test('a response cut at any byte is the same response', (t) => {
  for (const [name, { wire, ...options }] of ALL) {
    const all = bytes(wire)
    const whole = read([all], options)
    const failures: string[] = []
    for (let at = 0; at <= all.length; at++) {
      const found = difference(whole, read([all.subarray(0, at), all.subarray(at)], options))
      if (found) failures.push(`at ${at}: ${found}`)
    }
    t.strictSame(failures.slice(0, 3), [], name)
  }
  t.end()
})

test('a response that comes byte by byte is the same response', (t) => {
  for (const [name, { wire, ...options }] of ALL) {
    const all = bytes(wire)
    const single = Array.from(all, (_, at) => all.subarray(at, at + 1))
    t.equal(difference(read([all], options), read(single, options)), undefined, name)
  }
  t.end()
})

test('a response cut at any two bytes is the same response', (t) => {
  const MAX_PAIRS = 800
  const random = seeded(1)
  for (const [name, { wire, ...options }] of ALL) {
    const all = bytes(wire)
    const places = all.length + 1
    const pairs = (places * places) / 2
    // Every pair of the short ones, else a sample.
    const share = Math.min(1, MAX_PAIRS / pairs)
    const whole = read([all], options)
    const failures: string[] = []
    for (let from = 0; from <= all.length; from++) {
      for (let to = from; to <= all.length; to++) {
        if (random.next() > share) continue
        const cut = [all.subarray(0, from), all.subarray(from, to), all.subarray(to)]
        const found = difference(whole, read(cut, options))
        if (found) failures.push(`at ${from} and ${to}: ${found}`)
      }
    }
    t.strictSame(failures.slice(0, 3), [], name)
  }
  t.end()
})

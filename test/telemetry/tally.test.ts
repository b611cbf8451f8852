import { test } from 'tap'
import { ERROR_KINDS, type ErrorCode } from '../../src/core/errors.js'
import { ENDINGS, Tally } from '../../src/telemetry/tally.js'

const CLASSES = [
  [100, '1xx'],
  [101, '1xx'],
  [200, '2xx'],
  [299, '2xx'],
  [304, '3xx'],
  [404, '4xx'],
  [499, '4xx'],
  [500, '5xx'],
  [599, '5xx'],
  [999, '5xx'],
] as const

test('a status is counted in its class, and in no other', (t) => {
  for (const [status, ending] of CLASSES) {
    const tally = new Tally()
    tally.answered(status)
    for (const each of ENDINGS)
      t.equal(tally.requests(each), each === ending ? 1 : 0, `${status} ${each}`)
    t.equal(tally.allRequests, 1)
  }
  t.end()
})

test('what the client broke off is aborted, everything else that broke off has failed', (t) => {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[] // The keys of a constant of ours.
  for (const code of codes) {
    const tally = new Tally()
    tally.broken(code)
    const ending = ERROR_KINDS[code].origin === 'client' ? 'aborted' : 'failed'
    t.equal(tally.requests(ending), 1, code)
    t.equal(tally.allRequests, 1, code)
  }
  t.end()
})

test('each error has a count of its own', (t) => {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[] // The keys of a constant of ours.
  const tally = new Tally()
  for (const [at, code] of codes.entries()) for (let i = 0; i <= at; i++) tally.error(code)
  for (const [at, code] of codes.entries()) t.equal(tally.errors(code), at + 1, code)
  t.equal(tally.allRequests, 0, 'an error is no request')
  t.end()
})

/** A tally with a different number in every place that can be reached. */
function full(): Tally {
  const tally = new Tally()
  tally.answered(200)
  tally.answered(503)
  tally.answered(503)
  tally.broken('CLIENT_GONE')
  tally.error('CLIENT_GONE')
  tally.retried(4)
  tally.queued(0.25)
  tally.moved(100, 2000)
  tally.took(0.02)
  tally.took(7)
  return tally
}

function facts(tally: Tally): unknown {
  const { retries, queuedRequests, queuedSeconds, receivedBytes, sentBytes, seconds } = tally
  return {
    requests: ENDINGS.map((ending) => tally.requests(ending)),
    gone: tally.errors('CLIENT_GONE'),
    buckets: [...tally.buckets],
    ...{ retries, queuedRequests, queuedSeconds, receivedBytes, sentBytes, seconds },
  }
}

test('a tally tells what it was told', (t) => {
  const tally = full()
  t.equal(tally.retries, 4)
  t.equal(tally.queuedRequests, 1)
  t.equal(tally.queuedSeconds, 0.25)
  t.equal(tally.receivedBytes, 100)
  t.equal(tally.sentBytes, 2000)
  t.equal(tally.seconds, 7.02)
  t.equal(tally.requests('5xx'), 2)
  t.equal(
    tally.buckets.reduce((sum, count) => sum + count),
    2,
  )
  t.end()
})

test('what is taken from one tally makes another the same, by way of JSON, too', (t) => {
  const source = full()
  const expected = facts(source)
  const additions = source.take()
  t.same(facts(source), facts(new Tally()), 'nothing is left')
  t.ok(additions.length < 40, 'zeros are not sent')
  const copy = new Tally()
  copy.add(JSON.parse(JSON.stringify(additions)) as number[]) // What was made of it a line before.
  t.same(facts(copy), expected)
  copy.add(additions)
  t.equal(copy.requests('5xx'), 4, 'additions add up')
  copy.add(additions, -1)
  t.same(facts(copy), expected, 'and can be taken away again')
  t.end()
})

test('a tally is quiet until something is counted, and again when it was taken', (t) => {
  const tally = new Tally()
  t.ok(tally.isQuiet)
  t.same(tally.take(), [])
  tally.took(0.1)
  t.notOk(tally.isQuiet)
  tally.take()
  t.ok(tally.isQuiet)
  t.end()
})

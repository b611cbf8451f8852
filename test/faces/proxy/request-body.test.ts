import { test } from 'tap'
import type { ErrorCode, PointsmanError } from '../../../src/core/errors.js'
import { Deadlines } from '../../../src/faces/proxy/deadlines.js'
import {
  RequestBody,
  type RequestBodyEvents,
  type RequestBodyLimits,
} from '../../../src/faces/proxy/request-body.js'
import type { Exchange, FlatFields } from '../../../src/faces/proxy/transport/transport.js'
import { ManualClock, settled } from '../../support/clock.js'
import { Inbound } from '../../../src/faces/proxy/inbound.js'
import { TrustedPeers } from '../../../src/core/client-address.js'
import { connectionFrom, ReceivedRequest } from './received.js'

/** A target that says when it has had enough. */
class Taker implements Exchange {
  readonly pieces: string[] = []
  trailers: FlatFields | undefined
  takesMore = true

  write(chunk: Buffer): boolean {
    this.pieces.push(chunk.toString('latin1'))
    return this.takesMore
  }

  end(trailers: FlatFields): void {
    this.trailers = trailers
  }

  resume(): void {
    throw new Error('that is about the response')
  }

  abort(): void {
    throw new Error('that is not for the body to do')
  }
}

class Watcher implements RequestBodyEvents {
  readonly seen: string[] = []

  onBodyBegun(): void {
    this.seen.push('begun')
  }

  onBodyEnd(): void {
    this.seen.push('end')
  }

  onBodyError({ code }: PointsmanError): void {
    this.seen.push(code)
  }
}

const LIMITS: RequestBodyLimits = {
  maxBodySizeBytes: 0,
  requestTimeoutMs: 10_000,
  connectionTimeoutMs: 5000,
}

/** A request whose body is in the test's hands, and who deals with it. */
class Upload {
  readonly clock = new ManualClock()
  readonly taker = new Taker()
  readonly watcher = new Watcher()
  readonly request = new ReceivedRequest({ method: 'POST' })
  readonly body: RequestBody

  constructor(limits: Partial<RequestBodyLimits> = {}) {
    const inbound = new Inbound(this.request, connectionFrom('192.0.2.7'), new TrustedPeers([]))
    const deadlines = new Deadlines(this.clock)
    this.body = new RequestBody(inbound, { ...LIMITS, ...limits }, deadlines, this.watcher)
  }

  start(awaitsContinue = false): this {
    this.body.start(this.taker, awaitsContinue)
    return this
  }

  /** The client sends `text`. */
  async send(text: string): Promise<void> {
    this.request.push(text)
    await settled()
  }

  async end(...trailers: readonly string[]): Promise<void> {
    this.request.push(trailers)
    await settled()
  }

  /** Sends `text` every second until the body fails, and tells after how many seconds and with what. */
  async failureOf(text: string, atMostSeconds: number): Promise<[number, string | undefined]> {
    for (let second = 1; second <= atMostSeconds; second++) {
      this.clock.advance(1000)
      if (this.failure) return [second, this.failure]
      await this.send(text)
    }
    return [Infinity, this.failure]
  }

  get failure(): string | undefined {
    return this.watcher.seen.find((what) => what !== 'begun' && what !== 'end')
  }

  /** Whether anybody takes what the client sends. */
  get isRead(): boolean {
    return this.request.reader !== undefined
  }
}

test('a body is passed on in its pieces, and ends with its trailers', async (t) => {
  const upload = new Upload().start()
  for (const piece of ['hello', ', ', 'world']) await upload.send(piece)
  t.notOk(upload.body.isOver)
  await upload.end('X-Sum', '1', 'Host', 'evil', 'x-sum', '2')
  t.strictSame(upload.taker.pieces, ['hello', ', ', 'world'])
  t.strictSame(upload.taker.trailers, ['X-Sum', '1', 'x-sum', '2'], 'no Host among them')
  t.strictSame(upload.watcher.seen, ['begun', 'end'])
  t.equal(upload.body.receivedBytes, 12)
  t.ok(upload.body.isOver)
  t.notOk(upload.isRead)
})

test('an empty body ends without having begun', async (t) => {
  const upload = new Upload().start()
  await upload.end()
  t.strictSame(upload.watcher.seen, ['end'])
  t.strictSame(upload.taker.trailers, [])
})

test('an empty body that ended is sent whole to another target, too', async (t) => {
  const upload = new Upload().start()
  await upload.end()
  upload.body.stop()
  upload.taker.trailers = undefined
  upload.start()
  await settled()
  t.strictSame(upload.taker.trailers, [])
  t.strictSame(upload.watcher.seen, ['end', 'end'])
  upload.clock.advance(100_000)
  t.equal(upload.failure, undefined, 'nobody is waited for')
})

test('a body that was stopped before it began starts anew', async (t) => {
  const upload = new Upload().start()
  upload.body.stop()
  await upload.send('hello')
  t.strictSame(upload.taker.pieces, [], 'nothing is passed on meanwhile')
  t.notOk(upload.isRead)
  upload.start()
  await upload.end()
  t.strictSame(upload.taker.pieces, ['hello'])
  t.strictSame(upload.watcher.seen, ['begun', 'end'])
})

test('a target that has had enough halts the client', async (t) => {
  const upload = new Upload().start()
  upload.taker.takesMore = false
  await upload.send('one')
  await upload.send('two')
  t.strictSame(upload.taker.pieces, ['one'])
  t.notOk(upload.isRead)
  upload.taker.takesMore = true
  upload.body.resume()
  await upload.end()
  t.strictSame(upload.taker.pieces, ['one', 'two'])
  t.strictSame(upload.watcher.seen, ['begun', 'end'])
})

test('a drain that nobody waits for changes nothing', async (t) => {
  const upload = new Upload().start()
  await upload.send('one')
  upload.body.resume()
  await upload.end()
  upload.body.resume()
  t.strictSame(upload.taker.pieces, ['one'])
  t.strictSame(upload.watcher.seen, ['begun', 'end'])
})

test('a target that does not go on reading is given up', async (t) => {
  const upload = new Upload().start()
  upload.taker.takesMore = false
  await upload.send('one')
  upload.clock.advance(4900)
  t.equal(upload.failure, undefined)
  upload.clock.advance(200)
  t.equal(upload.failure, 'REQUEST_NOT_READ')
})

test('a body that is complete is waited for no more, however slowly the target takes the rest', async (t) => {
  const upload = new Upload().start()
  upload.taker.takesMore = false
  await upload.send('one')
  upload.body.onBodyComplete([])
  upload.clock.advance(5100)
  upload.body.resume()
  upload.clock.advance(20_000)
  t.strictSame(upload.watcher.seen, ['begun', 'end'])
})

test('a client that sends nothing is given up', async (t) => {
  const upload = new Upload().start()
  upload.clock.advance(9900)
  t.equal(upload.failure, undefined)
  upload.clock.advance(200)
  t.equal(upload.failure, 'REQUEST_TIMEOUT')

  const begun = new Upload().start()
  await begun.send('x'.repeat(100_000))
  begun.clock.advance(9900)
  t.equal(begun.failure, undefined)
  begun.clock.advance(200)
  t.equal(begun.failure, 'REQUEST_TIMEOUT', 'whatever it sent before')
})

test('a client that sends too slowly is given up, and each KiB earns it a second', async (t) => {
  const cases: readonly [bytesPerSecond: number, fromSeconds: number, toSeconds: number][] = [
    [1, 10, 11],
    [512, 19, 21],
    [768, 36, 38],
    [1100, Infinity, Infinity],
  ]
  for (const [bytes, from, to] of cases) {
    const upload = new Upload().start()
    const [seconds, failure] = await upload.failureOf('x'.repeat(bytes), 200)
    t.ok(seconds >= from && seconds <= to, `${bytes} bytes a second for ${seconds} s`)
    t.equal(failure, from === Infinity ? undefined : 'REQUEST_TIMEOUT')
  }
})

test('the time for which the target was waited for is not the client’s', async (t) => {
  const upload = new Upload().start()
  for (let round = 0; round < 10; round++) {
    upload.taker.takesMore = false
    await upload.send('x')
    upload.clock.advance(4000)
    upload.taker.takesMore = true
    upload.body.resume()
  }
  t.equal(upload.failure, undefined, 'after 40 s')
  upload.clock.advance(9900)
  t.equal(upload.failure, undefined)
  upload.clock.advance(200)
  t.equal(upload.failure, 'REQUEST_TIMEOUT')
})

test('a client that waits for 100 is not late before it', async (t) => {
  const upload = new Upload().start(true)
  upload.clock.advance(100_000)
  t.equal(upload.failure, undefined)
  upload.body.awaitClient()
  upload.clock.advance(9900)
  t.equal(upload.failure, undefined)
  upload.clock.advance(200)
  t.equal(upload.failure, 'REQUEST_TIMEOUT')
  const impatient = new Upload().start(true)
  await impatient.send('x')
  t.strictSame(impatient.taker.pieces, ['x'], 'one that does not wait for it may send')
})

test('a body over the limit is refused with the piece that is too much', async (t) => {
  const cases: readonly [pieces: readonly string[], ErrorCode | undefined, passed: number][] = [
    [['12345', '67890'], undefined, 2],
    [['12345', '67890', '1'], 'REQUEST_TOO_LARGE', 2],
    [['12345678901'], 'REQUEST_TOO_LARGE', 0],
  ]
  for (const [pieces, failure, passed] of cases) {
    const upload = new Upload({ maxBodySizeBytes: 10 }).start()
    for (const piece of pieces) await upload.send(piece)
    t.equal(upload.failure, failure, pieces.join('+'))
    t.equal(upload.taker.pieces.length, passed)
  }
})

test('a body that was stopped has no deadline', async (t) => {
  for (const takesMore of [true, false]) {
    const upload = new Upload().start()
    upload.taker.takesMore = takesMore
    await upload.send('x')
    upload.body.stop()
    upload.clock.advance(100_000)
    t.strictSame(upload.watcher.seen, ['begun'])
    t.notOk(upload.isRead)
    upload.body.resume()
    await upload.send('y')
    t.strictSame(upload.taker.pieces, ['x'])
  }
})

import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { isProxyError } from '../support/errors.js'
import { recover } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import {
  echo,
  message,
  ok,
  startTarget,
  type RecordingTarget,
  type SeenRequest,
} from '../support/recording-target.js'

const TIMEOUT_MS = 500
const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const POST = 'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello'

function inFrontOf(t: Test, ...targets: readonly RecordingTarget[]) {
  const addresses = targets.map((target) => target.address).join(',')
  const others = { CONNECTION_TIMEOUT: String(TIMEOUT_MS) }
  return startPointsman(t, environment([{ prefix: '/', targets: addresses }], others))
}

test('A malformed response head is a 502, and asked for once', async (t) => {
  const bad = await startTarget(t)
  const good = await startTarget(t)
  const proxy = await inFrontOf(t, bad, good)
  const fields = [
    ...[
      'Content-Length: 4\r\nContent-Length: 5',
      'Content-Length: 4\r\nTransfer-Encoding: chunked',
    ],
    ...['Content-Length: -1', 'Content-Length: +4', 'Content-Length: 4, 5', 'Content-Length: x'],
    ...['Content-Length: 99999999999999999999', 'Content-Length:', 'Content-Length: 0x4'],
    ...['X: y\r\n folded', 'X: a\x00b', 'X: a\rb', 'X: a\nb: c', 'X\x00: y', ': y', 'no colon'],
    ...['X y: z', ' X: y', 'Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: xchunked'],
    ...[
      'Transfer-Encoding: chunked, gzip',
      `X: ${'y'.repeat(1 << 20)}`,
      'X: y\r\n'.repeat(100_000),
    ],
  ].map((lines) => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\nbody`)
  const lines = [
    ...['garbage', 'SSH-2.0-OpenSSH_9.2', 'HTTP/1.1', 'HTTP/1.1 OK', 'HTTP/1.1 20 OK', '', ' '],
    ...[
      'HTTP/1.1 2000 OK',
      'HTTP/1.1 2x0 OK',
      'HTTP/2.0 200 OK',
      'HTTP/1.1 -20 OK',
      'HTTP/1.1  200',
    ],
    ...['http/1.1 200 OK', 'HTTP/1.1\t200 OK', 'HTTP/1.1 200 O\x00K', 'HTTP/1.1 099 Low', '\x00'],
    ...['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x', 'GET / HTTP/1.1'],
  ].map((line) => `${line}\r\nContent-Length: 4\r\n\r\nbody`)
  for (const answer of [...lines, ...fields]) {
    await t.test(JSON.stringify(answer.slice(0, 70)), async (t) => {
      bad.answer = answer
      const client = await dial(t, proxy.port)
      const responses = [await client.ask(GET), await client.ask(GET)]
      const [failed, served] = responses.sort((a, b) => b.status - a.status)
      if (!failed || !served) throw new Error('two responses were asked for')
      isProxyError(t, failed, { status: 502 })
      t.equal(served.status, 200)
      t.strictSame([bad.take().length, good.take().length], [1, 1])
      await recover(t, proxy, [bad, good])
      client.reset()
    })
  }
})

test('A body that fails is cut, never ended', async (t) => {
  const length = message('HTTP/1.1 200 OK', ['Content-Length: 10'], 'hello')
  const chunked = message('HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n')
  const open = message('HTTP/1.1 200 OK', ['Connection: close'], 'hello')
  const stall = () => undefined
  const close = ({ connection }: SeenRequest) => connection.end()
  // The bytes before a reset must have been read, or the kernel may drop them.
  const reset = ({ connection }: SeenRequest) => void setTimeout(() => connection.reset(), 50)
  const rows = [
    { name: 'a length, then FIN', answer: length, then: close },
    { name: 'a length, then RST', answer: length, then: reset },
    { name: 'a length, then nothing', answer: length, then: stall },
    { name: 'a chunk, then FIN', answer: chunked, then: close },
    { name: 'a chunk, then RST', answer: chunked, then: reset },
    { name: 'a chunk, then nothing', answer: chunked, then: stall },
    { name: 'within a chunk FIN', answer: `${chunked}5\r\nhel`, then: close },
    { name: 'within a size FIN', answer: `${chunked}5`, then: close },
    { name: 'before the last line FIN', answer: `${chunked}0\r\n`, then: close },
    { name: 'within trailers FIN', answer: `${chunked}0\r\nX: y\r\n`, then: close },
    { name: 'a bad size', answer: `${chunked}x\r\nhello\r\n0\r\n\r\n`, then: stall },
    { name: 'a signed size', answer: `${chunked}+5\r\nhello\r\n0\r\n\r\n`, then: stall },
    { name: 'a size too large', answer: `${chunked}fffffffffffffffff\r\nhello`, then: stall },
    { name: 'a chunk too long', answer: `${chunked}3\r\nhello\r\n0\r\n\r\n`, then: stall },
    { name: 'a bad trailer', answer: `${chunked}0\r\nno colon\r\n\r\n`, then: stall },
    { name: 'until close, RST', answer: open, then: reset },
    { name: 'until close, nothing', answer: open, then: stall },
  ]
  const target = await startTarget(t)
  const proxy = await inFrontOf(t, target)
  for (const { name, answer, then } of rows) {
    await t.test(name, async (t) => {
      target.take()
      target.answer = (request) => {
        request.connection.send(answer)
        then(request)
      }
      const client = await dial(t, proxy.port)
      client.send(GET)
      const come = await client.rest()
      // What comes in one segment with the fault may be dropped with it, head and all.
      t.match(come, /^(?:HTTP\/1\.1 (?:200|502) |$)/)
      t.ok(come.startsWith('HTTP/1.1 502') || !client.isWhole(), 'the client can tell')
      const [request] = target.take()
      t.ok(request, 'asked once')
      if (request) await target.gone(request.connection)
      target.answer = echo
      t.equal((await (await dial(t, proxy.port)).ask(GET)).status, 200)
    })
  }
})

test('When the client is gone, the target’s request is aborted', async (t) => {
  const first = await startTarget(t)
  const second = await startTarget(t)
  const proxy = await inFrontOf(t, first, second)
  const begun = message('HTTP/1.1 200 OK', ['Content-Length: 10'], 'hello')
  const rows = [
    { name: 'before the response', answer: '', shown: undefined },
    { name: 'within the response', answer: begun, shown: 'hello' },
  ]
  for (const { name, answer, shown } of rows) {
    for (const leave of ['close', 'reset'] as const) {
      await t.test(`${name}, by a ${leave}`, async (t) => {
        const client = await dial(t, proxy.port)
        const asked = new Promise<() => Promise<unknown>>((resolve) => {
          for (const target of [first, second]) {
            target.answer = ({ connection }) => {
              connection.send(answer)
              resolve(() => target.gone(connection))
            }
          }
        })
        client.send(leave === 'close' ? GET : POST)
        const gone = await asked
        if (shown !== undefined) await client.received(shown)
        first.take()
        second.take()
        if (leave === 'reset') client.reset()
        else client.socket.destroy()
        await gone()
        t.strictSame([first.take(), second.take()], [[], []], 'and not sent to another')
      })
    }
  }

  await t.test('and the others are served', async (t) => {
    for (const target of [first, second]) target.answer = ok('still here')
    for (let n = 0; n < 4; n++) {
      const client = await dial(t, proxy.port)
      t.equal((await client.ask(GET)).body.toString(), 'still here')
    }
  })
})

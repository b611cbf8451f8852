import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { isProxyError } from '../support/errors.js'
import { startPointsman, type Pointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import {
  message,
  startTarget,
  type Answer,
  type RecordingTarget,
} from '../support/recording-target.js'

const TIMEOUT_MS = 500
const HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n'
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Answers that never come to a final head, each behind a prefix of its own name. */
const HANGS: Readonly<Record<string, Answer>> = {
  silence: '',
  'half-head': 'HTTP/1.1 200 OK\r\nX: ',
  hints: HINTS,
  'hints-for-ever': ({ connection }) => {
    const hinting = setInterval(() => connection.send(HINTS), TIMEOUT_MS / 10)
    connection.socket.once('close', () => clearInterval(hinting))
  },
  'dripping-head': ({ connection }) => {
    connection.send('HTTP/1.1 200 OK\r\nX: ')
    const dripping = setInterval(() => connection.send('y'), TIMEOUT_MS / 10)
    connection.socket.once('close', () => clearInterval(dripping))
  },
}

async function timesOut(t: Test, proxy: Pointsman, path: string, targets: RecordingTarget[]) {
  const client = await dial(t, proxy.port)
  const lines = ['Host: h']
  const get = message(`GET /${path} HTTP/1.1`, lines)
  const post = message(`POST /${path} HTTP/1.1`, [...lines, 'Content-Length: 5'], 'hello')
  for (const request of [get, post]) {
    const begun = performance.now()
    const response = await client.ask(request)
    const took = performance.now() - begun
    isProxyError(t, response, { status: 504, tokens: ['http_response_timeout'] })
    t.ok(took > TIMEOUT_MS - 20, `${path}: not before its time: ${took}`)
    t.ok(took < TIMEOUT_MS + 1500, `${path}: nor much later: ${took}`)
    const asked = targets.flatMap((target) => target.take().map((seen) => ({ target, seen })))
    t.equal(asked.length, 1, 'asked once')
    for (const { target, seen } of asked) t.ok(await target.gone(seen.connection))
  }
}

test('A target that does not answer is a 504 at the limit', async (t) => {
  const hangs = await Promise.all(
    Object.entries(HANGS).map(async ([path, answer]) => {
      return { path, targets: [await startTarget(t, answer), await startTarget(t, answer)] }
    }),
  )
  const rules = hangs.map(({ path, targets }) => ({
    prefix: `/${path}`,
    targets: targets.map(({ address }) => address).join(','),
  }))
  const limits = { CONNECTION_TIMEOUT: String(TIMEOUT_MS) }
  const proxy = await startPointsman(t, environment(rules, limits))
  await Promise.all(hangs.map(({ path, targets }) => timesOut(t, proxy, path, targets)))
})

test('What moves is not cut', async (t) => {
  const pieces = ['a', 'b', 'c', 'd', 'e', 'f']
  const slow = await startTarget(t, ({ connection }) => {
    connection.send(message('HTTP/1.1 200 OK', [`Content-Length: ${pieces.length}`]))
    pieces.forEach((piece, n) => setTimeout(() => connection.send(piece), (TIMEOUT_MS / 2) * n))
  })
  const target = await startTarget(t)
  const rules = [
    { prefix: '/', targets: target.address },
    { prefix: '/slow', targets: slow.address },
  ]
  const limits = { CONNECTION_TIMEOUT: String(TIMEOUT_MS) }
  const proxy = await startPointsman(t, environment(rules, limits))
  const [uploading, downloading] = [await dial(t, proxy.port), await dial(t, proxy.port)]
  downloading.send('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n')
  uploading.send(message('POST / HTTP/1.1', ['Host: h', `Content-Length: ${pieces.length}`]))
  for (const piece of pieces) {
    await wait(TIMEOUT_MS / 2)
    uploading.send(piece)
  }
  t.equal((await uploading.response('POST')).status, 200, 'a slow upload')
  t.equal(target.take()[0]?.body.toString(), pieces.join(''))
  t.equal((await downloading.response()).body.toString(), pieces.join(''), 'a slow download')
})

test('A target that does not take the request’s body is a 504', async (t) => {
  const target = await startTarget(t)
  target.onHead = ({ connection }) => connection.socket.pause()
  const rules = [{ prefix: '/', targets: target.address }]
  const limits = { CONNECTION_TIMEOUT: String(TIMEOUT_MS) }
  const proxy = await startPointsman(t, environment(rules, limits))
  const body = Buffer.alloc(32 << 20)
  const client = await dial(t, proxy.port)
  client.send(message('POST / HTTP/1.1', ['Host: h', `Content-Length: ${body.length}`])).send(body)
  isProxyError(t, await client.response('POST'), { status: 504 })
})

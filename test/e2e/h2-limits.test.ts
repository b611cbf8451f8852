import { once } from 'node:events'
import { test, type Test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { askOver, openSession, responseTo } from '../support/h2-client.js'
import { setUp } from '../support/pass.js'
import { message, type RecordingTarget } from '../support/recording-target.js'
import { certificateFiles, dialTls, NAME } from '../support/tls-listener.js'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function listening(t: Test, limits: Readonly<Record<string, string>>) {
  const certificate = selfSigned(NAME)
  const files = certificateFiles(t, certificate)
  const setup = await setUp(t, { ...files.environment, ...limits })
  return { ...setup, open: () => openSession(t, setup.proxy.port, certificate.cert) }
}

/** Status of a response, and 0 for a stream that was reset. */
function outcome(response: ReturnType<typeof askOver>): Promise<number> {
  return response.then(({ status = 0 }) => status).catch(() => 0)
}

const whole = (target: RecordingTarget) => target.take().map((request) => request.target)

test('Sizes have limits over HTTP/2 too', async (t) => {
  const { open, target } = await listening(t, { MAX_HEADER_SIZE: '4096', MAX_BODY_SIZE: '1000' })
  const session = open()
  const post = { ':method': 'POST', ':path': '/' }
  for (const length of [{}, { 'content-length': '1001' }]) {
    t.equal(await outcome(askOver(session, { ...post, ...length }, 'x'.repeat(1001))), 413)
    t.equal(await outcome(askOver(session, { ...post, ':path': '/ok' }, 'x'.repeat(1000))), 200)
    t.strictSame(whole(target), ['/ok'], 'no more than the limit comes whole')
  }
  const heads = [
    { 'x-long': 'x'.repeat(4200) },
    { ':path': `/${'x'.repeat(4200)}` },
    Object.fromEntries(Array.from({ length: 1200 }, (_, n) => [`x${n}`, ''])),
  ]
  for (const head of heads) {
    const status = await outcome(askOver(open(), { ':path': '/', ...head }))
    t.ok([0, 431].includes(status), `answered ${status}`)
    t.strictSame(whole(target), [])
  }
})

test('A client has limited time over HTTP/2 too', async (t) => {
  const limits = { HEADERS_TIMEOUT: '600', REQUEST_TIMEOUT: '1000', KEEP_ALIVE_TIMEOUT: '800' }
  const { open, proxy, target } = await listening(t, limits)

  /** Asserts that `ending` comes at its time, give or take. */
  async function comesAfter(t: Test, limitMs: number, ending: Promise<unknown>) {
    const begun = performance.now()
    await Promise.race([ending, wait(limitMs + 4000)])
    const took = performance.now() - begun
    t.ok(took > limitMs - 150, `not before its time: ${took}`)
    t.ok(took < limitMs + 3500, `nor much later: ${took}`)
  }

  await t.test('for its body', async (t) => {
    const stream = open().request({ ':authority': NAME, ':method': 'POST', ':path': '/stalled' })
    stream.write('hello')
    const { connection } = await target.until(() => target.heads[0])
    const status = outcome(responseTo(stream))
    await comesAfter(t, 1000, status)
    t.ok([0, 408].includes(await status), `answered ${await status}`)
    t.ok(await target.gone(connection), 'the target’s request is aborted')
    t.strictSame(whole(target), [])
  })

  await t.test('but a body that moves may take its time', async (t) => {
    const stream = open().request({ ':authority': NAME, ':method': 'POST', ':path': '/moving' })
    const response = outcome(responseTo(stream))
    for (let n = 0; n < 12; n++) {
      await wait(150)
      stream.write('x'.repeat(1024))
    }
    stream.end()
    t.equal(await response, 200)
    t.equal(target.take()[0]?.body.length, 12 * 1024)
  })

  await t.test('between requests', async (t) => {
    const session = open()
    t.equal(await outcome(askOver(session, { ':path': '/' })), 200)
    await comesAfter(t, 800, once(session, 'close'))
  })

  await t.test('and a connection that never speaks HTTP/2 is let go', async (t) => {
    const socket = await dialTls(t, proxy.port, ['h2'])
    await comesAfter(t, 600, once(socket.resume(), 'close'))
  })

  await t.test('while a stream that waits for its target keeps its session', async (t) => {
    target.answer = ({ connection }) =>
      void setTimeout(
        () => connection.send(message('HTTP/1.1 200 OK', ['Content-Length: 0'])),
        1800,
      )
    t.equal(await outcome(askOver(open(), { ':path': '/waiting' })), 200)
  })
})

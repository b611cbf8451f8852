import { createServer } from 'node:net'
import { getEventListeners, once } from 'node:events'
import type { Test } from 'tap'
import type { Checker } from '../../src/checks/checker.js'
import { PointsmanError } from '../../src/core/errors.js'
import { targetAt, type Scheme, type Target } from '../../src/core/target.js'
import { RawTarget, type Script } from './raw-target.js'

/** A target on 127.0.0.1. */
export function localTarget(port: number, scheme: Scheme = 'http'): Target {
  return targetAt({ scheme, host: '127.0.0.1', port, basePath: '', weight: 1 }, '127.0.0.1')
}

/** A port of 127.0.0.1 where nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('not listening on TCP')
  return address.port
}

/** Starts a raw target that is closed when the test is over. */
export async function startRawTarget(t: Test, script: Script): Promise<RawTarget> {
  const target = await RawTarget.start(script)
  t.teardown(() => target.close())
  return target
}

/** A signal that never aborts. */
export function patience(): AbortSignal {
  return new AbortController().signal
}

/**
 * What every checker must do.
 * @param create gives a checker for `http` targets
 * @param well what a target does that passes
 */
export function checkerConformance(t: Test, create: () => Checker, well: Script): void {
  const timeout = new PointsmanError('RESPONSE_TIMEOUT', 'no answer within 2000 ms')

  void t.test(
    'passes a target that is well, again and again, and leaves it each time',
    async (t) => {
      const target = await startRawTarget(t, well)
      const checker = create()
      for (const number of [1, 2]) {
        await checker.check(localTarget(target.port), patience())
        const connection = await target.connection(number)
        await connection.left()
      }
      t.same(target.errors, [])
    },
  )

  void t.test('says that nobody listens', async (t) => {
    const target = localTarget(await unusedPort())
    await t.rejects(create().check(target, patience()), {
      code: 'CONNECT_REFUSED',
      message: 'connect refused',
    })
  })

  void t.test('leaves nothing on the signal, which serves many attempts', async (t) => {
    const target = await startRawTarget(t, well)
    const checker = create()
    const signal = patience()
    await checker.check(localTarget(target.port), signal)
    await t.rejects(checker.check(localTarget(await unusedPort()), signal))
    t.same(getEventListeners(signal, 'abort'), [])
  })

  void t.test('does not even connect when the signal has aborted before', async (t) => {
    const target = await startRawTarget(t, well)
    const checker = create()
    await t.rejects(checker.check(localTarget(target.port), AbortSignal.abort(timeout)), timeout)
    await checker.check(localTarget(target.port), patience())
    t.equal(target.connections.length, 1)
  })

  void t.test(
    'rejects with the reason of the signal when it aborts while connecting',
    async (t) => {
      const target = await startRawTarget(t, well)
      const deadline = new AbortController()
      const attempt = create().check(localTarget(target.port), deadline.signal)
      deadline.abort(timeout)
      t.equal(await attempt.catch((error: unknown) => error), timeout)
      await target.deserted()
    },
  )

  void t.test('makes many attempts at a time, and mixes nothing up', async (t) => {
    const target = await startRawTarget(t, well)
    const refusing = await unusedPort()
    const checker = create()
    const ports = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? target.port : refusing))
    const attempts = ports.map((port) => checker.check(localTarget(port), patience()))
    const results = await Promise.allSettled(attempts)
    const expected = ports.map((port) => (port === refusing ? 'rejected' : 'fulfilled'))
    t.same(
      results.map(({ status }) => status),
      expected,
    )
  })
}

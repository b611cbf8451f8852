import { test } from 'tap'
import { createChecker } from '../../src/checks/registry.js'
import { TcpChecker } from '../../src/checks/tcp.js'
import type { TcpCheckSettings } from '../../src/checks/settings.js'
import {
  checkerConformance,
  localTarget,
  patience,
  startRawTarget,
  unusedPort,
} from '../support/checker-conformance.js'
import { startHungListener } from '../support/hung-listener.js'

const SETTINGS: TcpCheckSettings = {
  kind: 'tcp',
  intervalMs: 5000,
  timeoutMs: 2000,
  port: undefined,
}

test('a tcp checker conforms', (t) => {
  checkerConformance(
    t,
    () => createChecker(SETTINGS),
    () => {},
  )
  t.end()
})

test('a tcp check sends nothing', async (t) => {
  const target = await startRawTarget(t, () => {})
  await new TcpChecker(SETTINGS).check(localTarget(target.port), patience())
  const connection = await target.connection(1)
  await connection.left()
  t.equal(connection.receivedBytes, 0)
})

test('a port of its own is checked instead of the target’s', async (t) => {
  const target = await startRawTarget(t, () => {})
  const checker = new TcpChecker({ ...SETTINGS, port: target.port })
  await checker.check(localTarget(await unusedPort()), patience())
  t.equal(target.connections.length, 1)
})

test('a target whose kernel does not answer is given up at the deadline', async (t) => {
  const port = await startHungListener(t)
  const deadline = new AbortController()
  const attempt = new TcpChecker(SETTINGS).check(localTarget(port), deadline.signal)
  const reason = new Error('too late')
  setTimeout(() => deadline.abort(reason), 50)
  t.equal(await attempt.catch((error: unknown) => error), reason)
})

test('an address that cannot be reached is said to be so', async (t) => {
  const target = { ...localTarget(80), address: '255.255.255.255' }
  await t.rejects(new TcpChecker(SETTINGS).check(target, patience()), {
    code: 'CONNECT_UNREACHABLE',
    message: /^connect failed \(E[A-Z]+\)$/,
  })
})

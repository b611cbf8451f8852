import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { test, type Test } from 'tap'
import { HttpChecker } from '../../src/checks/http.js'
import type { HttpCheckSettings } from '../../src/checks/settings.js'
import { targetAt, type Target } from '../../src/core/target.js'
import { CERTIFICATE, KEY } from '../config/certificates.js'
import { localTarget, patience, startRawTarget } from '../support/checker-conformance.js'
import { HTTP_CHECK } from './http-settings.js'

/** The name in the certificate. */
const NAME = 'test.invalid'

interface SecureTarget {
  readonly port: number
  /** The name that each connection asked for, or false. */
  readonly asked: (string | false | null)[]
  /** Whether each connection took up an earlier session. */
  readonly resumed: boolean[]
}

async function startSecureTarget(t: Test): Promise<SecureTarget> {
  const asked: SecureTarget['asked'] = []
  const resumed: boolean[] = []
  const server: Server = createServer({ cert: CERTIFICATE, key: KEY }, (_, response) => {
    response.end('ok')
  })
  server.on('secureConnection', (socket: TLSSocket & { servername?: string | false | null }) => {
    asked.push(socket.servername ?? null)
    resumed.push(socket.isSessionReused())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('not listening on TCP')
  return { port: address.port, asked, resumed }
}

function secureTarget(port: number, host = '127.0.0.1'): Target {
  return targetAt({ ...localTarget(port, 'https'), host }, '127.0.0.1')
}

function checker(settings: Partial<HttpCheckSettings>): HttpChecker {
  return new HttpChecker({ ...HTTP_CHECK, ...settings })
}

test('a certificate is verified for the name of the target', async (t) => {
  const { port, asked } = await startSecureTarget(t)
  await checker({ tls: { verify: true, ca: CERTIFICATE } }).check(
    secureTarget(port, NAME),
    patience(),
  )
  t.same(asked, [NAME])
})

test('a name of its own is asked for and verified instead', async (t) => {
  const { port, asked } = await startSecureTarget(t)
  const tls = { verify: true, ca: CERTIFICATE, serverName: NAME }
  await checker({ tls }).check(secureTarget(port), patience())
  t.same(asked, [NAME])
})

test('a certificate of an unknown authority, or for another name, is not accepted', async (t) => {
  const { port } = await startSecureTarget(t)
  const cases = [
    { tls: { verify: true }, host: NAME, why: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    {
      tls: { verify: true, ca: CERTIFICATE },
      host: 'other.invalid',
      why: 'ERR_TLS_CERT_ALTNAME_INVALID',
    },
    {
      tls: { verify: true, ca: CERTIFICATE },
      host: '127.0.0.1',
      why: 'ERR_TLS_CERT_ALTNAME_INVALID',
    },
  ]
  for (const { tls, host, why } of cases) {
    await t.rejects(checker({ tls }).check(secureTarget(port, host), patience()), {
      code: 'TLS_CERTIFICATE_REJECTED',
      message: `certificate not accepted (${why})`,
    })
  }
})

test('any certificate will do when none is verified', async (t) => {
  const { port, asked } = await startSecureTarget(t)
  await checker({ tls: { verify: false } }).check(secureTarget(port), patience())
  t.same(asked, [false])
})

test('each check makes a session of its own, so that a new certificate is seen', async (t) => {
  const { port, resumed } = await startSecureTarget(t)
  const lenient = checker({ tls: { verify: false } })
  await lenient.check(secureTarget(port), patience())
  await lenient.check(secureTarget(port), patience())
  t.same(resumed, [false, false])
})

test('a target in the clear can be checked under TLS', async (t) => {
  const { port } = await startSecureTarget(t)
  const tls = { verify: false }
  await checker({ scheme: 'https', tls, body: '^ok$' }).check(localTarget(port), patience())
})

test('a target that does not speak TLS is said not to', async (t) => {
  const target = await startRawTarget(t, (connection) =>
    connection.send('HTTP/1.1 400 Bad\r\n\r\n'),
  )
  await t.rejects(checker({}).check(secureTarget(target.port), patience()), {
    code: 'TLS_FAILED',
    message: /^TLS failed \(E[A-Z_]+\)$/,
  })
  await target.deserted()
})

test('a target that never completes the handshake is left at the deadline', async (t) => {
  const deadline = new AbortController()
  const reason = new Error('too late')
  const target = await startRawTarget(t, async (connection) => {
    await connection.receiveBytes(1)
    deadline.abort(reason)
  })
  const attempt = checker({}).check(secureTarget(target.port), deadline.signal)
  t.equal(await attempt.catch((error: unknown) => error), reason)
  await target.deserted()
})

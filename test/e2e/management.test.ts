import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { eventually } from '../support/eventually.js'
import { asking, type Ask } from '../support/managing.js'
import { value } from '../support/http-message.js'
import { runPointsman, startPointsman, type Pointsman } from '../support/pointsman.js'
import { dial, RawClient } from '../support/raw.js'
import { message } from '../support/recording-target.js'
import { certificateFiles, dialTls } from '../support/tls-listener.js'

const FIRST = {
  MANAGEMENT_BOOTSTRAP_USER: 'admin',
  MANAGEMENT_BOOTSTRAP_PASSWORD: 'correct horse battery',
}
const CREDENTIALS = { name: 'admin', password: FIRST.MANAGEMENT_BOOTSTRAP_PASSWORD }

function askOf({ managementPort }: Pointsman, headers = {}): Ask {
  return asking(`http://127.0.0.1:${managementPort}`, headers)
}

test('The first administrator signs in, also after a restart without being named; then nobody else sees the status', async (t) => {
  const data = t.testdir()
  const folders = { MODEL_STORE: `file:${join(data, 'store')}`, LKG_DIR: join(data, 'lkg') }
  const before = await startPointsman(t, folders)
  t.equal((await askOf(before)('GET', '/api/status')).status, 200)
  t.match(await askOf(before)('GET', '/api/users'), {
    status: 401,
    body: { detail: /MANAGEMENT_BOOTSTRAP_USER/ },
  })
  t.equal(await before.stop(), 0)

  const first = await startPointsman(t, { ...folders, ...FIRST })
  t.equal((await askOf(first)('POST', '/api/session', { body: CREDENTIALS })).status, 200)
  t.equal(await first.stop(), 0)

  const again = await startPointsman(t, folders)
  let answer = await askOf(again)('POST', '/api/session', { body: CREDENTIALS })
  await eventually('the store has said who the users are', async () => {
    if (answer.status === 503)
      answer = await askOf(again)('POST', '/api/session', { body: CREDENTIALS })
    return answer.status !== 503
  })
  t.equal(answer.status, 200)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  t.equal((await askOf(again)('GET', '/api/status')).status, 401)
  t.equal((await askOf(again, { cookie })('GET', '/api/status')).status, 200)
  t.equal((await askOf(again)('GET', '/livez')).status, 200)
})

/** What the system of a test knows without a name server. */
const NAME = 'localhost'
const HOST = `Host: ${NAME}`

test('A management listener with a certificate', async (t) => {
  const certificate = selfSigned(NAME)
  const files = certificateFiles(t, certificate)
  const service = await startPointsman(t, {
    ...FIRST,
    MODEL_STORE: `file:${t.testdir()}`,
    MANAGEMENT_TLS_CERT: files.cert,
    MANAGEMENT_TLS_KEY: files.key,
  })
  const port = service.managementPort
  const connect = async () => new RawClient(await dialTls(t, port))
  const shown = async () => (await dialTls(t, port)).getPeerCertificate().fingerprint256
  const client = await connect()

  await t.test('signs operators in, with cookies that are for TLS alone', async (t) => {
    const body = JSON.stringify(CREDENTIALS)
    const fields = ['Content-Type: application/json', `Content-Length: ${body.length}`]
    const answer = await client.ask(message('POST /api/session HTTP/1.1', [HOST, ...fields], body))
    t.equal(answer.status, 200)
    const set = value(answer.fields, 'set-cookie') ?? ''
    t.match(set, /^__Host-pointsman=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    // It would count for every port of this host, the proxy's among them.
    t.equal(value(answer.fields, 'strict-transport-security'), undefined)
    const [cookie] = set.split(';')
    const end = (origin: string) => [HOST, `Cookie: ${cookie}`, `Origin: ${origin}`, '', '']
    const signOut = 'DELETE /api/session HTTP/1.1'
    const asPlain = end(`http://${NAME}`)
    t.equal((await client.ask([signOut, ...asPlain].join('\r\n'))).status, 403)
    const asSecure = end(`https://${NAME}`)
    t.equal((await client.ask([signOut, ...asSecure].join('\r\n'))).status, 204)
  })

  await t.test('says nothing to who speaks in the clear, and goes on', async (t) => {
    const plain = await dial(t, port)
    plain.send(message('GET /livez HTTP/1.1', [HOST, '']))
    t.notMatch(await plain.rest(), 'HTTP')
    t.equal(await service.managementStatus('/livez'), 200)
  })

  await t.test('is found by top, which believes whom NODE_EXTRA_CA_CERTS names', async (t) => {
    const args = ['top', '--once', `https://${NAME}:${port}`]
    t.match(await runPointsman(args, {}), { code: 1, stderr: /self-signed certificate/ })
    const known = await runPointsman(args, { NODE_EXTRA_CA_CERTS: files.cert })
    t.match(known, { code: 1, stderr: /POINTSMAN_TOKEN has to be a token of a viewer/ })
  })

  await t.test('takes up a certificate that was renewed, without a restart', async (t) => {
    const before = await shown()
    const renewed = selfSigned(NAME)
    writeFileSync(files.cert, renewed.cert)
    const told = await service.logged(({ msg }) => msg === 'certificate not replaced')
    t.match(told, { level: 50, file: files.cert, err: { message: /key values mismatch/ } })
    t.equal(await shown(), before, 'one that does not fit its key is told, and the old one stays')
    writeFileSync(files.key, renewed.key)
    await eventually('the other certificate is shown', async () => (await shown()) !== before)
    const answer = await client.ask(message('GET /livez HTTP/1.1', [HOST, '']))
    t.equal(answer.status, 200, 'open connections stay')
  })

  await t.test('does not wait for who never begins to speak TLS when it ends', async (t) => {
    await dial(t, port)
    t.equal(await service.stop(), 0)
  })
})

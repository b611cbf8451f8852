import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { locationFor, Models } from '../support/gateway.js'
import { freePort, runPointsman, startPointsman, type Pointsman } from '../support/pointsman.js'
import { signedIn, WITH_ADMINISTRATOR } from '../support/signed-in.js'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const STABLE = 'player?receiverType=box9'
const TO_1_9 = /^https:\/\/(?:192\.0\.2\.[12]|198\.51\.100\.1):8443\/play/
const TO_2_0 = /^https:\/\/192\.0\.2\.2[12]:8443\/play/

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bundles-'))
  t.teardown(() => rmSync(folder, { recursive: true, maxRetries: 5 }))
  return folder
}

/** Downloads a bundle as an operator does. */
async function download(management: Pointsman): Promise<string> {
  const ask = await signedIn(management)
  const { status, headers, body } = await ask('GET', '/api/bundle')
  if (status !== 200) throw new Error(JSON.stringify(body))
  if (!/filename="pointsman-.*\.bundle"/.test(headers.get('content-disposition') ?? ''))
    throw new Error('it has no name')
  return JSON.stringify(body)
}

test('A gateway whose ZooKeeper is down takes a bundle that was signed, without a restart', async (t) => {
  const models = Models.ofExample(t)
  const management = await startPointsman(t, {
    ...models.environment,
    ...WITH_ADMINISTRATOR,
    MANAGEMENT_SIGNING_KEY: privateKey,
  })
  const folder = folderFor(t)
  const lkg = join(folder, 'lkg')
  const port = await freePort()
  const environment = { LKG_DIR: lkg, BUNDLE_PUBLIC_KEY: publicKey.replaceAll('\n', '\\n') }
  const load = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return runPointsman(['load-bundle', join(folder, name)], environment)
  }
  const first = await download(management)
  t.match(await load('first', first), { code: 0, stdout: /^\/.*\.bundle: player 0\n$/, stderr: '' })
  const gateway = await startPointsman(t, {
    ...environment,
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MODEL_STORE: 'zookeeper',
    ZOOKEEPER_HOSTS: `127.0.0.1:${await freePort()}`,
  })
  t.match(await locationFor(port, STABLE), TO_1_9, 'it is ready with nothing but a bundle')

  await t.test('also a newer one that somebody puts there while it runs', async (t) => {
    models.edit('player', { distribution: [], defaultServer: { name: 'default', path: '2.0' } })
    await management.logged(({ msg, version }) => msg === 'model serves' && version === 1)
    writeFileSync(join(lkg, 'newer.bundle'), await download(management))
    await gateway.logged(({ msg, version }) => msg === 'model serves' && version === 1)
    t.match(await locationFor(port, STABLE), TO_2_0)
  })

  await t.test('but none that is older, damaged, or signed by somebody else', async (t) => {
    const older = /has nothing that is newer than what is kept in/
    t.match(await load('older', first), { code: 1, stdout: '', stderr: older })
    const damaged = first.replace('\\"version\\":0', '\\"version\\":9')
    const foreign = /is not as the owner of BUNDLE_PUBLIC_KEY has signed it/
    t.match(await load('damaged', damaged), { code: 1, stderr: foreign })
    writeFileSync(join(lkg, 'damaged.bundle'), damaged)
    const { reason } = await gateway.logged(({ code }) => code === 'BUNDLE_REFUSED')
    t.match(reason, foreign)
    t.match(await locationFor(port, STABLE), TO_2_0)
  })

  await t.test('and asks for what the command needs', async (t) => {
    const run = (...args: readonly string[]) => runPointsman(['load-bundle', ...args], environment)
    t.match(await run(), { code: 1, stderr: /takes the name of one file/ })
    t.match(await run('/nowhere'), { code: 1, stderr: /^\/nowhere ENOENT/ })
    t.match(await run('--help'), { code: 0, stdout: /^Usage: .*load-bundle/ })
    const bare = await runPointsman(['load-bundle', 'x'], { LKG_DIR: lkg })
    t.match(bare, { code: 1, stderr: /^BUNDLE_PUBLIC_KEY: is required/ })
  })
})

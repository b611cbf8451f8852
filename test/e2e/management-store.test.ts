import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { backupFolder } from '../support/backup-folder.js'
import { eventually } from '../support/eventually.js'
import { locationFor } from '../support/gateway.js'
import { asking, type Ask } from '../support/managing.js'
import {
  freePort,
  runPointsman,
  startPointsman,
  type Environment,
  type Pointsman,
} from '../support/pointsman.js'
import { signedIn, signIn, WITH_ADMINISTRATOR } from '../support/signed-in.js'
import { startZookeeper } from '../support/zookeeper-server.js'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const TO_SHOP = 'xre://10.0.0.1:10004/shell'
/** What an open listener says of signing in. */
const NO_USERS = /[Nn]o users|no-users|MANAGEMENT_BOOTSTRAP/

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-managed-'))
  t.teardown(() => rmSync(folder, { recursive: true, maxRetries: 5 }))
  return folder
}

/** Somebody who has not signed in. */
function strangerAt({ managementUrl }: Pointsman): Ask {
  return asking(managementUrl)
}

async function closes(service: Pointsman): Promise<void> {
  await eventually('the status is for those who sign in', async () => {
    return (await strangerAt(service)('GET', '/api/status')).status === 401
  })
}

test('Management processes that share ZooKeeper', async (t) => {
  const zookeeper = await startZookeeper(t)
  const folder = folderFor(t)
  const store = { MODEL_STORE: 'zookeeper', ZOOKEEPER_HOSTS: zookeeper.address }
  const imported = await runPointsman(['import-models', backupFolder(t)], store)
  t.same([imported.code, imported.stderr], [0, ''])
  const startGateway = async (lkg: string, others: Environment = {}) => {
    const port = await freePort()
    const gateway = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: String(port), LKG_DIR: lkg }
    return { app: await startPointsman(t, { ...store, ...gateway, ...others }), port }
  }
  const lkg = join(folder, 'first')
  const note = join(lkg, 'no-users')
  const { app: first } = await startGateway(lkg)

  await t.test('Without users everybody sees the status', async (t) => {
    const stranger = strangerAt(first)
    t.equal((await stranger('GET', '/api/status')).status, 200)
    const { status, body } = await stranger('GET', '/api/users')
    t.equal(status, 401)
    t.match(JSON.stringify(body), NO_USERS)
    t.equal((await stranger('GET', '/')).status, 404, 'and there are no pages')
    t.ok(existsSync(note))
  })

  const second = await startPointsman(t, {
    ...store,
    ...WITH_ADMINISTRATOR,
    MANAGEMENT_SIGNING_KEY: privateKey,
    LKG_DIR: join(folder, 'second'),
  })
  const administrator = await signedIn(second)

  await t.test(
    'As soon as another process makes a user, every process asks for them',
    async (t) => {
      await closes(first)
      const stranger = strangerAt(first)
      t.notOk(existsSync(note), 'nor is it remembered that there were none')
      for (const path of ['/api/status', '/api/users', '/api/sign-in', '/'])
        t.notMatch(JSON.stringify((await stranger('GET', path)).body), NO_USERS, path)
      t.equal((await stranger('GET', '/')).status, 200, 'now there are pages')
      const status = await (await signIn(first))('GET', '/api/status')
      t.match(status, { status: 200, body: { phase: 'serving', obstacles: [] } })
      t.notMatch(JSON.stringify(status.body), NO_USERS)
      t.equal((await stranger('GET', '/readyz')).status, 200)
    },
  )

  await zookeeper.kill()
  t.equal(await first.stop(), 0)

  writeFileSync(note, 'as it was when this process was stopped')
  const { app: again } = await startGateway(lkg)
  t.equal((await strangerAt(again)('GET', '/api/status')).status, 200, 'as before it was stopped')

  await t.test('A bundle that is signed while ZooKeeper is down serves elsewhere', async (t) => {
    t.equal((await administrator('GET', '/api/gateways')).status, 503)
    const { status, headers, body } = await administrator('GET', '/api/bundle')
    t.equal(status, 200)
    t.match(headers.get('content-disposition'), /filename="pointsman-.*\.bundle"/)
    await second.logged(({ action, code }) => action === 'bundle-signed' && code === undefined)
    const file = join(folder, 'today.bundle')
    writeFileSync(file, JSON.stringify(body))
    const elsewhere = {
      LKG_DIR: join(folder, 'third'),
      BUNDLE_PUBLIC_KEY: publicKey.replaceAll('\n', '\\n'),
    }
    const loaded = await runPointsman(['load-bundle', file], elsewhere)
    t.match(loaded, { code: 0, stdout: /\.bundle: (mail 0, shop 0|shop 0, mail 0)\n$/, stderr: '' })
    const { port } = await startGateway(elsewhere.LKG_DIR, elsewhere)
    t.equal(await locationFor(port, 'shop'), TO_SHOP)
  })

  await t.test(
    'A process that was away when users were made closes when it hears of them',
    async (t) => {
      await zookeeper.start()
      await closes(again)
      t.notOk(existsSync(note))
      t.equal((await (await signIn(again))('GET', '/api/status')).status, 200)
    },
  )
})

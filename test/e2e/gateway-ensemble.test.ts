import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test, type Test } from 'tap'
import { readModel } from '../../src/model/read-model.js'
import { connectStore } from '../store/zookeeper/zookeeper-world.js'
import { backupFolder } from '../support/backup-folder.js'
import { eventually } from '../support/eventually.js'
import { gatewayStatus, locationFor } from '../support/gateway.js'
import { Load } from '../support/load.js'
import { documentOf } from '../support/models.js'
import {
  freePort,
  runPointsman,
  startPointsman,
  type Environment,
  type Pointsman,
} from '../support/pointsman.js'
import { recordOf, register } from '../support/zookeeper-register.js'
import { openSession } from '../support/zookeeper-session.js'
import { startEnsemble } from '../support/zookeeper-server.js'

const APP = resolve('dist/app.js')
const NINTH = '/services/DC1/Z1/1.0/shop/10.0.0.9:0'
const HEAVIEST = 100
const CLIENTS = 16

interface Gateway {
  readonly app: Pointsman
  readonly port: number
}

/** Gives what starts a gateway, each with the last known good of the one before. */
function gateways(t: Test, environment: Environment): () => Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-lkg-'))
  t.teardown(() => rmSync(folder, { recursive: true, maxRetries: 5 }))
  return async () => {
    const port = await freePort()
    const app = await startPointsman(t, {
      ...environment,
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LKG_DIR: folder,
    })
    return { app, port }
  }
}

/** The hosts that clients are sent to who ask three times at once. */
async function hostsAt(port: number): Promise<readonly string[]> {
  const locations = await Promise.all([1, 2, 3].map(() => locationFor(port, 'shop')))
  return locations.map((location) => new URL(location).hostname)
}

/** Resolves when the gateway sends clients to this address, beside others. */
function leadsTo(port: number, address: string): Promise<void> {
  return eventually(`clients are sent to ${address}`, async () =>
    (await hostsAt(port)).includes(address),
  )
}

function loadOn(t: Test, port: number): Load {
  const request = 'GET /serviceDirect/shop HTTP/1.1\r\nHost: h\r\n\r\n'
  return new Load(t, { port, clients: 2, request })
}

/** The model of `documentOf`, whose URLs are those of the backup folder. */
function shopIn(flavor: string) {
  const urlDefaults = { protocol: 'xre', urn: 'shell', port: 10_004, ipVersion: 4 }
  const read = readModel({ ...documentOf(flavor), urlDefaults })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.content
}

/** How often clients are sent to each address. */
async function countLocations(
  port: number,
  application: string,
  requests: number,
): Promise<ReadonlyMap<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const counts = new Map<string, number>()
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      const url = `http://127.0.0.1:${port}/serviceDirect/${application}`
      get(url, { agent }, (response) => {
        response.resume().once('end', () => resolve(response.headers.location ?? ''))
      }).once('error', reject)
    })
  let left = requests
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const { hostname } = new URL(await ask())
      counts.set(hostname, (counts.get(hostname) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  agent.destroy()
  return counts
}

test('A gateway and an ensemble of three', async (t) => {
  const servers = await startEnsemble(t)
  const [first, second, third] = servers
  if (!first || !second || !third) throw new Error('there are three')
  const environment = {
    MODEL_STORE: 'zookeeper',
    ZOOKEEPER_HOSTS: servers.map(({ address }) => address).join(),
    ZOOKEEPER_BASE_PATH: '/fleet',
    ZOOKEEPER_SESSION_TIMEOUT: '4000',
  }
  const { store } = await connectStore(t, servers, '/fleet')
  // It outlives the time that an ensemble takes to choose a leader on a machine that is busy.
  const { session } = await openSession(t, servers, {
    basePath: '/fleet',
    sessionTimeoutMs: 10_000,
  })
  const start = gateways(t, environment)

  await t.test('What is imported from a backup folder serves with its hosts', async (t) => {
    const imported = await runPointsman(['import-models', backupFolder(t)], environment)
    t.same([imported.code, imported.stderr], [0, ''])
    t.match(imported.stdout, /^shop: 1 rules, 0 URL rules, version 0$/m)
    const again = await runPointsman(['import-models', backupFolder(t)], environment)
    t.match(again, { code: 0, stdout: /^shop: 1 rules, 0 URL rules, unchanged$/m })
  })

  let { app, port } = await start()
  t.equal(await locationFor(port, 'shop'), 'xre://10.0.0.1:10004/shell')

  await t.test('A host that registers gets clients, until its session is gone', async (t) => {
    const begun = Date.now()
    await register(session, '/services/DC1/Z1/1.0/shop', 'a', recordOf('10.0.0.11', 0))
    await leadsTo(port, '10.0.0.11')
    t.comment(`in rotation ${Date.now() - begun} ms after it began to register`)
    const args = ['register', 'shop', '--stack', '/DC1/Z1', '--flavor', '1.0', '--ipv4', '10.0.0.9']
    const env = { PATH: process.env['PATH'], ...environment }
    const host = spawn(process.execPath, [APP, ...args], { env, stdio: 'ignore' })
    t.teardown(() => host.kill('SIGKILL'))
    await leadsTo(port, '10.0.0.9')
    const killed = Date.now()
    host.kill('SIGKILL')
    await eventually('nobody is sent to the host whose session is gone', async () => {
      return !(await session.exists(NINTH, () => {}))
    })
    const expired = Date.now()
    await eventually('nobody is sent there', async () => {
      return !(await hostsAt(port)).includes('10.0.0.9')
    })
    t.ok((await hostsAt(port)).includes('10.0.0.11'), 'the other one still has clients')
    t.comment(`expired after ${expired - killed} ms, out ${Date.now() - expired} ms later`)
  })

  await t.test('When one server is gone nothing is noticed', async (t) => {
    const load = loadOn(t, port)
    await first.kill()
    await load.more(200)
    await session.connected(AbortSignal.timeout(30_000))
    await register(session, '/services/DC1/Z1/1.0/shop', 'c', recordOf('10.0.0.3', 0))
    await leadsTo(port, '10.0.0.3')
    await load.stop()
    t.same([...load.statuses.keys()], [302])
    t.same(load.lost, [])
  })

  await t.test('When two are gone, what was known last serves, also after a restart', async (t) => {
    const load = loadOn(t, port)
    await second.kill()
    await eventually('the store is lost', async () => {
      return (await gatewayStatus(app))?.store.state === 'lost'
    })
    await load.more(200)
    await load.stop()
    t.same([...load.statuses.keys()], [302])
    t.same(load.lost, [])
    t.equal(await app.stop(), 0)
    ;({ app, port } = await start())
    for (const host of ['10.0.0.11', '10.0.0.3']) await leadsTo(port, host)
  })

  await t.test('When they are back, the gateway catches up', async (t) => {
    const load = loadOn(t, port)
    first.launch()
    second.launch()
    await Promise.all([first.serves(), second.serves()])
    await session.connected(AbortSignal.timeout(30_000))
    await register(session, '/services/DC1/Z1/2.0/shop', 'd', recordOf('10.0.0.4', 0))
    await store.writeApplication('shop', shopIn('2.0'), 0)
    await leadsTo(port, '10.0.0.4')
    await load.stop()
    t.same([...load.statuses.keys()], [302])
    t.same(load.lost, [])
    t.match(await gatewayStatus(app), {
      store: { state: 'live' },
      applications: [{ name: 'mail' }, { name: 'shop', version: 1, hosts: 'live' }],
    })
  })

  await t.test('Hosts get clients by the weights that they register with', async (t) => {
    await store.writeApplication('weights', shopIn('1.0'), undefined)
    const addressOf = (weight: number): string => `10.1.0.${weight}`
    for (let weight = 1; weight <= HEAVIEST; weight++) {
      const data = recordOf(addressOf(weight), 0, weight)
      await register(session, '/services/DC1/Z1/1.0/weights', `w${weight}`, data)
    }
    await eventually('all hosts are known', async () => {
      const response = await fetch(`http://127.0.0.1:${app.managementPort}/api/status`)
      const { groups } = (await response.json()) as {
        groups: readonly { name: string; targets: readonly unknown[] }[]
      }
      const targets = groups.find(({ name }) => name.endsWith('weights'))?.targets ?? []
      return targets.length === HEAVIEST
    })
    const sum = (HEAVIEST * (HEAVIEST + 1)) / 2
    const rounds = 2
    const counts = await countLocations(port, 'weights', rounds * sum)
    for (let weight = 1; weight <= HEAVIEST; weight++) {
      const count = counts.get(addressOf(weight)) ?? 0
      t.ok(
        Math.abs(count - rounds * weight) <= Math.max(1, 0.02 * rounds * weight),
        `${weight}: ${count} of ${rounds * sum}`,
      )
    }
  })
})

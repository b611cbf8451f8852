import { test, type Test } from 'tap'
import { SharedSessions } from '../../../src/clients/zookeeper/shared-sessions.js'
import { systemClock, systemRandom } from '../../../src/runtime/system-clock.js'
import type { FleetMember } from '../../../src/store/fleet.js'
import type { StoreTransition } from '../../../src/store/model-store.js'
import { FleetNode, GATEWAYS, readFleet } from '../../../src/store/zookeeper/fleet-nodes.js'
import { eventually } from '../../support/eventually.js'
import { startRelay } from '../../support/relay.js'
import { startZookeeper } from '../../support/zookeeper-server.js'

function member(id: string, servedVersion: number | null = 0): FleetMember {
  const applications = [{ name: 'shop', servedVersion, refusedVersion: null }]
  return { id, host: 'here', version: '1', startedAt: '2026-01-01T00:00:00.000Z', applications }
}

test('Gateways in ZooKeeper', async (t) => {
  const server = await startZookeeper(t)
  let bases = 0

  /** One process: its session, and what it was told of trouble. */
  function connect(basePath: string, hosts: readonly { host: string; port: number }[] = [server]) {
    const sessions = new SharedSessions({ clock: systemClock, random: systemRandom })
    const settings = { hosts, basePath, sessionTimeoutMs: 1000, login: undefined }
    const reports: StoreTransition[] = []
    return {
      reports,
      lease: () => sessions.use(settings),
      list: () => readFleet({ settings, sessions }),
      open: (t: Test, own: FleetMember) => {
        const report = (transition: StoreTransition): void => void reports.push(transition)
        const node = new FleetNode(own, { settings, sessions, report })
        t.teardown(() => node.close())
        return node
      },
    }
  }

  const untilListed = (list: () => Promise<unknown>, members: readonly FleetMember[]) =>
    eventually(`listed: ${JSON.stringify(members)}`, async () => {
      return JSON.stringify(await list()) === JSON.stringify(members)
    })

  await t.test('are listed as they tell, until they leave', async (t) => {
    const base = `/base${++bases}`
    const { list } = connect(base)
    t.same(await list(), [])
    const one = connect(base).open(t, member('b'))
    const other = connect(base).open(t, member('a'))
    await untilListed(list, [member('a'), member('b')])
    one.tell(member('b', 1))
    await untilListed(list, [member('a'), member('b', 1)])
    await other.close()
    t.same(await list(), [member('b', 1)])
  })

  await t.test(
    'are listed again when their session was over, or somebody removed them',
    async (t) => {
      const base = `/base${++bases}`
      const relay = await startRelay(t, server.host, server.port)
      const far = connect(base, [relay.address])
      far.open(t, member('a'))
      const near = connect(base)
      await untilListed(near.list, [member('a')])
      relay.close()
      await untilListed(near.list, [])
      relay.open()
      await untilListed(near.list, [member('a')])
      const lease = near.lease()
      const { session } = lease
      await session.connected(AbortSignal.timeout(10_000))
      await session.remove(`${GATEWAYS}/a`)
      await untilListed(near.list, [member('a')])
      lease.end()
      t.same(far.reports, [])
    },
  )

  await t.test('are what is written by gateways alone', async (t) => {
    const base = `/base${++bases}`
    const process = connect(base)
    const inUse = process.lease()
    const { session } = inUse
    t.teardown(() => inUse.end())
    await session.connected(AbortSignal.timeout(10_000))
    await session.ensure(`${GATEWAYS}/x`)
    await session.create(`${GATEWAYS}/y`, Buffer.from('{"id":"y"}'))
    process.open(t, member('a'))
    await untilListed(process.list, [member('a')])
  })

  await t.test('are not known without it', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const { lease, list } = connect(`/base${++bases}`, [relay.address])
    const inUse = lease()
    const { session } = inUse
    t.teardown(() => inUse.end())
    await session.connected(AbortSignal.timeout(10_000))
    const lost = new Promise((resolve) =>
      session.onEvent(({ kind }) => kind === 'suspended' && resolve(kind)),
    )
    relay.clog()
    const listing = list()
    relay.close()
    await lost
    await t.rejects(listing, { code: 'STORE_LOST', message: /^The gateways: ZooKeeper/ })
  })
})

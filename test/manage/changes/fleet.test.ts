import pino from 'pino'
import { test, type Test } from 'tap'
import { PointsmanError } from '../../../src/core/errors.js'
import { Audit } from '../../../src/manage/accounts/audit.js'
import { operatorOf } from '../../../src/manage/accounts/grants.js'
import { Changes, type Actor } from '../../../src/manage/changes/changes.js'
import { Refusal } from '../../../src/manage/http/refusal.js'
import { ModelBook } from '../../../src/manage/models/model-book.js'
import { systemClock } from '../../../src/runtime/system-clock.js'
import { connectStore } from '../../store/zookeeper/zookeeper-world.js'
import { documentWith, feed, ruleNamed } from '../../support/change-world.js'
import { startZookeeper, type ZookeeperServer } from '../../support/zookeeper-server.js'

const SHOP = { kind: 'application', name: 'shop' } as const
const RULES = Array.from({ length: 12 }, (_, number) => `rule_${number}`)

function actor(name: string, role: 'editor' | 'approver'): Actor {
  return { operator: operatorOf({ name, user: name, grants: [[{ role, on: '*' }]] }), ip: '' }
}

const [ANN, BOB] = [actor('ann', 'editor'), actor('bob', 'approver')]

/** One management process, as far as change sets go. */
async function startProcess(t: Test, server: ZookeeperServer): Promise<Changes> {
  const { store } = await connectStore(t, [server], '/fleet')
  const models = new ModelBook({ hosts: () => undefined, targets: () => [], problems: () => [] })
  feed(t, models, store)
  const clock = systemClock
  const audit = new Audit({ store, clock, log: pino({ level: 'silent' }) })
  return new Changes({ store, models, clock, audit })
}

function isOvertaken(error: unknown): boolean {
  if (error instanceof Refusal) return error.status === 409 || error.status === 412
  return error instanceof PointsmanError && error.code === 'STORE_CONFLICT'
}

/** Puts a change set on top of what is there by now. */
async function merge(changes: Changes, id: string): Promise<void> {
  const { version } = await changes.told(ANN.operator, id)
  const { document, currentVersion } = await changes.merged(ANN.operator, id)
  const amendment = { title: 'merged', baseVersion: currentVersion, document }
  await changes.amend(ANN, id, version, amendment)
}

/** Has a change set approved, and goes on merging it until it is in force. */
async function carryThrough(changes: Changes, id: string): Promise<number | undefined> {
  for (;;)
    try {
      const { version } = await changes.told(BOB.operator, id)
      const { view } = await changes.approve(BOB, id, version, {})
      return view.applied?.version
    } catch (error) {
      if (!isOvertaken(error)) throw error
      await merge(changes, id).catch((late: unknown) => {
        if (!isOvertaken(late)) throw late
      })
    }
}

test('Two processes on ZooKeeper lose no change, and apply none twice', async (t) => {
  const server = await startZookeeper(t)
  const [one, other] = [await startProcess(t, server), await startProcess(t, server)]
  const first = { subject: SHOP, title: 'first', baseVersion: null, document: documentWith() }
  const begun = await one.propose(ANN, first)
  t.match(await one.approve(BOB, begun.view.id, begun.version, {}), {
    view: { applied: { version: 0 } },
  })
  await other.caughtUp(other.matterOf(SHOP), 0)
  const ofRule = (at: number): Changes => (at % 2 === 0 ? one : other)
  const proposed = await Promise.all(
    RULES.map((id, at) => {
      const document = documentWith({ rules: [ruleNamed(id, id)] })
      return ofRule(at).propose(ANN, { subject: SHOP, title: id, baseVersion: 0, document })
    }),
  )
  const versions = await Promise.all(
    proposed.map(({ view }, at) => carryThrough(ofRule(at), view.id)),
  )
  const sorted = versions.map(Number).toSorted((a, b) => a - b)
  t.same(
    sorted,
    RULES.map((_, at) => at + 1),
  )
  await other.caughtUp(other.matterOf(SHOP), RULES.length)
  const { rules } = other.matterOf(SHOP).current(null) as { rules: readonly { id: string }[] }
  t.same(rules.map(({ id }) => id).sort(), RULES.toSorted())
  const history = await one.history.entries('application:shop', 1000, 1000)
  t.same(
    history.map(({ version }) => version),
    [0, ...sorted].toReversed(),
  )
  t.same(new Set(history.map(({ differences }) => differences > 0)), new Set([true]))
})

test('What is sent again to another process, or to the same after a restart, is proposed once', async (t) => {
  const server = await startZookeeper(t)
  const [one, other] = [await startProcess(t, server), await startProcess(t, server)]
  const proposal = { subject: SHOP, title: 'once', baseVersion: null, document: documentWith() }
  const attempt = { id: 'a', wanted: 'a shop' }
  const propose = (changes: Changes) => changes.propose(ANN, proposal, attempt)
  const told = await Promise.all([one, other, one, other].map(propose))
  told.push(await propose(await startProcess(t, server)))
  t.equal(new Set(told.map(({ view }) => view.id)).size, 1)
  t.equal((await other.shelf.waiting()).length, 1)
})

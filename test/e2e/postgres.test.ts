import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { MONITOR, startPostgresPair, type PostgresPair } from '../support/postgres-pair.js'
import { startPointsman, type Environment, type Pointsman } from '../support/pointsman.js'
import { groupsOf } from '../support/status.js'

const INTERVAL_MS = 300
const TIMEOUT_MS = 700
/** What a machine that is busy with other tests may add. */
const PATIENCE_MS = 10_000

const CHECKS: Environment = {
  HEALTH_INTERVAL: String(INTERVAL_MS),
  HEALTH_TIMEOUT: String(TIMEOUT_MS),
  POSTGRES_USER: MONITOR.user,
  POSTGRES_PASSWORD: MONITOR.password,
}

/** The groups of the tests, by what their clients want. */
const GROUPS: Readonly<Record<string, Environment>> = {
  primary: { SOURCE: 'postgres:primary', ALL_DOWN: 'all', POSTGRES_TLS: 'true' },
  replica: { SOURCE: 'postgres:replica', ALL_DOWN: 'last', POSTGRES_MAX_LAG: '1000' },
  streaming: {
    HEALTH_CHECK: 'postgres',
    POSTGRES_ROLE: 'replica',
    POSTGRES_REQUIRE_STREAMING: 'true',
  },
  any: { HEALTH_CHECK: 'postgres' },
}

type GroupName = 'primary' | 'replica' | 'streaming' | 'any'

/** Which servers of the pair serve in a group at this moment: `primary`, `replica`, by what they were at first. */
async function servingIn(pointsman: Pointsman, group: GroupName): Promise<readonly string[]> {
  const status = (await groupsOf(pointsman)).find(({ name }) => name === group)
  const serving = status?.targets.filter(({ serves }) => serves) ?? []
  return serving.map(({ id }) => (id.includes('127.0.0.21') ? 'primary' : 'replica'))
}

/** Resolves with the milliseconds it took until these serve in a group. */
async function until(
  pointsman: Pointsman,
  group: GroupName,
  expected: readonly string[],
): Promise<number> {
  const startedAt = Date.now()
  for (;;) {
    const serving = await servingIn(pointsman, group)
    const tookMs = Date.now() - startedAt
    if (serving.join() === expected.join()) return tookMs
    if (tookMs > PATIENCE_MS)
      throw new Error(`in ${group} serve ${serving.join() || 'none'}, not ${expected.join()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Looks all the time who serves in the group of the primary, until it is told to stop. */
function watch(pointsman: Pointsman): () => Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  const end = new AbortController()
  const watching = (async () => {
    while (!end.signal.aborted) {
      seen.add((await servingIn(pointsman, 'primary')).join())
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return async () => {
    end.abort()
    await watching
    return seen
  }
}

async function start(
  t: Test,
  { port, certificate }: PostgresPair,
  others: Environment = {},
): Promise<Pointsman> {
  const targets = `127.0.0.21:${port}, 127.0.0.22:${port}`
  const ca = `${t.testdir({ 'ca.pem': certificate.cert })}/ca.pem`
  const tls = { TLS_CA_FILE: ca, TLS_SERVER_NAME: 'pointsman.test' }
  const rules = Object.entries(GROUPS).map(([name, group]) => ({
    prefix: `/${name}`,
    targets,
    rule: { TARGET_GROUP: name },
    group: { NAME: name, ...CHECKS, ...tls, ...group, ...others },
  }))
  return startPointsman(t, environment(rules))
}

test('Of a pair of PostgreSQL servers each serves where it belongs, whatever becomes of it', async (t) => {
  const pair = await startPostgresPair(t)
  const { primary, replica } = pair
  const pointsman = await start(t, pair)

  await t.test('from the first checks on', async () => {
    await until(pointsman, 'primary', ['primary'])
    await until(pointsman, 'replica', ['replica'])
    await until(pointsman, 'streaming', ['replica'])
    await until(pointsman, 'any', ['primary', 'replica'])
  })

  await t.test('a replica that lags leaves, and returns', async () => {
    await replica.sql('SELECT pg_wal_replay_pause()')
    await primary.sql('INSERT INTO written VALUES (now())')
    await until(pointsman, 'replica', [])
    await until(pointsman, 'streaming', ['replica'])
    await replica.sql('SELECT pg_wal_replay_resume()')
    await until(pointsman, 'replica', ['replica'])
  })

  await t.test('a server that hangs leaves, and returns', async () => {
    replica.hang()
    await until(pointsman, 'replica', [])
    replica.wakeUp()
    await until(pointsman, 'replica', ['replica'])
  })

  await t.test(
    'without the primary nobody serves for it, not even with ALL_DOWN=all',
    async (t) => {
      const stopWatching = watch(pointsman)
      await primary.stop()
      await until(pointsman, 'primary', [])
      await until(pointsman, 'streaming', [])
      await until(pointsman, 'replica', ['replica'])
      t.notOk([...(await stopWatching())].some((serving) => serving.includes('replica')))
    },
  )

  await t.test(
    'a replica that is promoted serves as the primary, and no longer as a replica',
    async (t) => {
      await replica.promote()
      const tookMs = await until(pointsman, 'primary', ['replica'])
      t.comment(`after ${tookMs} ms`)
      await until(pointsman, 'replica', [])
    },
  )

  await t.test(
    'an old primary that is back does not serve beside the new one, and is told of',
    async (t) => {
      const stopWatching = watch(pointsman)
      await primary.start()
      const { serving, claimants } = await pointsman.logged(({ msg }) =>
        String(msg).includes('role claimed by several targets'),
      )
      t.match(serving, '127.0.0.22')
      t.equal((claimants as unknown[]).length, 2)
      await primary.stop()
      await pointsman.logged(({ msg }) => String(msg).includes('role held by one target again'))
      t.same([...(await stopWatching())], ['replica'])
    },
  )

  await t.test('and no connection of a check is left', async (t) => {
    const [row] = await replica.sql(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'pointsman'`,
    )
    t.ok(Number(row?.['count']) <= Object.keys(GROUPS).length, 'one at a time for each group')
  })
})

test('A primary that dies while its replica takes over is followed without waiting for HEALTH_FALL', async (t) => {
  const pair = await startPostgresPair(t)
  const pointsman = await start(t, pair, { HEALTH_FALL: '1000' })
  await until(pointsman, 'primary', ['primary'])
  await Promise.all([pair.primary.stop(true), pair.replica.promote()])
  const tookMs = await until(pointsman, 'primary', ['replica'])
  t.comment(`after ${tookMs} ms`)
})

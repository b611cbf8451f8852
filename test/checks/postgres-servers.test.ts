import { test, type Test } from 'tap'
import { PostgresChecker } from '../../src/checks/postgres.js'
import type { PostgresCheckSettings } from '../../src/checks/settings.js'
import { PointsmanError } from '../../src/core/errors.js'
import { targetAt } from '../../src/core/target.js'
import { selfSigned } from '../support/certificate.js'
import {
  MONITOR,
  SECRETIVE,
  startPostgresPair,
  STRANGER,
  TRUSTED,
  type PostgresPair,
} from '../support/postgres-pair.js'
import type { PostgresServer } from '../support/postgres-server.js'
import { settingsWith } from './postgres-settings.js'

const DEADLINE_MS = 10_000

type Changes = Partial<PostgresCheckSettings>

/** What one check of a server ends with: undefined when it passes. */
async function verdict(
  { address, port }: PostgresServer,
  changes: Changes = {},
  signal = AbortSignal.timeout(DEADLINE_MS),
): Promise<PointsmanError | undefined> {
  const spec = { scheme: 'http', host: address, port, basePath: '', weight: 1 } as const
  const checker = new PostgresChecker(settingsWith({ login: MONITOR, ...changes }))
  try {
    await checker.check(targetAt(spec, address), signal)
    return undefined
  } catch (error) {
    if (error instanceof PointsmanError) return error
    throw error
  }
}

/** Checks again and again until it ends as expected: passed, or failed with such a message. */
async function becomes(
  server: PostgresServer,
  changes: Changes,
  expected: RegExp | undefined,
): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const error = await verdict(server, changes)
    if (expected ? error && expected.test(error.message) : !error) return
    if (Date.now() > deadline) throw new Error(`still ${error?.message ?? 'passes'}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function sessions(server: PostgresServer): Promise<unknown> {
  const [row] = await server.sql(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'pointsman'`,
  )
  return row?.['count']
}

function rolesAreToldApart(t: Test, { primary, replica }: PostgresPair): void {
  void t.test('the primary and the replica are told apart', async (t) => {
    t.equal(await verdict(primary), undefined)
    t.equal(await verdict(replica), undefined)
    t.equal(await verdict(primary, { role: 'primary' }), undefined)
    t.equal(await verdict(replica, { role: 'replica' }), undefined)
    t.match(await verdict(replica, { role: 'primary' }), {
      code: 'ROLE_MISMATCH',
      message: 'role is replica, expected primary',
    })
    t.match(await verdict(primary, { role: 'replica' }), {
      code: 'ROLE_MISMATCH',
      message: 'role is primary, expected replica',
    })
  })
}

function loginsAreJudged(t: Test, { primary }: PostgresPair): void {
  void t.test('a user who needs no password is let in without one', async (t) => {
    t.equal(await verdict(primary, { login: TRUSTED }), undefined)
  })

  const cases: readonly (readonly [string, Changes, RegExp])[] = [
    ['a wrong password', { login: { ...MONITOR, password: 'x' } }, /^login refused: .* \(28P01\)$/],
    [
      'a missing password',
      { login: { ...MONITOR, password: undefined } },
      /^login refused: the server asks for a password, and none is set$/,
    ],
    ['an unknown user', { login: { ...MONITOR, user: 'nobody' } }, /^login refused: .*"nobody"/],
    [
      'an unknown database',
      { login: { ...MONITOR, database: 'none' } },
      /^no such database: database "none" does not exist \(3D000\)$/,
    ],
    [
      'a user for TLS alone',
      { login: SECRETIVE },
      /^login refused: pg_hba.conf rejects .*\(28000\)$/,
    ],
    [
      'a database that is closed to the user',
      { login: { ...MONITOR, database: 'closed' } },
      /^privilege missing: permission denied for database "closed" \(42501\)$/,
    ],
    [
      'a user who has no connection left',
      { login: { ...MONITOR, user: 'crowded' } },
      /^too many connections: .* \(53300\)$/,
    ],
  ]
  for (const [what, changes, message] of cases)
    void t.test(`${what} is told of`, async (t) => {
      t.match(await verdict(primary, changes), { code: 'RESPONSE_UNEXPECTED', message })
    })
}

function tlsIsSpoken(t: Test, { primary, certificate }: PostgresPair): void {
  const tls = { verify: true, ca: certificate.cert, serverName: 'pointsman.test' }

  void t.test('a server is asked under TLS', async (t) => {
    t.equal(await verdict(primary, { login: SECRETIVE, tls }), undefined)
    t.equal(await verdict(primary, { login: SECRETIVE, tls: { verify: false } }), undefined)
  })

  void t.test('a certificate that does not verify is not accepted', async (t) => {
    const other = selfSigned('pointsman.test').cert
    const rejected = { code: 'TLS_CERTIFICATE_REJECTED' }
    t.match(await verdict(primary, { tls: { verify: true } }), rejected, 'unknown authority')
    t.match(await verdict(primary, { tls: { ...tls, ca: other } }), rejected, 'another authority')
    t.match(await verdict(primary, { tls: { verify: true, ca: tls.ca } }), rejected, 'no name')
    const serverName = 'other.test'
    t.match(await verdict(primary, { tls: { ...tls, serverName } }), rejected, 'another name')
  })
}

function nothingIsLeftBehind(t: Test, { primary, certificate }: PostgresPair): void {
  void t.test('hundreds of checks leave no session and no complaint behind', async (t) => {
    const before = primary.log.length
    const tls = { verify: true, ca: certificate.cert, serverName: 'pointsman.test' }
    const kinds: readonly Changes[] = [
      {},
      { tls },
      { role: 'replica' },
      { login: { ...MONITOR, password: 'x' } },
    ]
    for (let round = 0; round < 75; round++)
      await Promise.all(kinds.map((changes) => verdict(primary, changes)))
    while ((await sessions(primary)) !== 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const complaints = primary.log
      .slice(before)
      .split('\n')
      .filter((line) => /LOG:|ERROR:/.test(line) && !/checkpoint/.test(line))
    t.same(complaints, [])
  })

  void t.test('a check that is given up leaves no session behind', async (t) => {
    const reason = new PointsmanError('RESPONSE_TIMEOUT', 'too late')
    for (let delayMs = 0; delayMs < 20; delayMs++) {
      const deadline = new AbortController()
      setTimeout(() => deadline.abort(reason), delayMs / 2)
      const error = await verdict(primary, {}, deadline.signal)
      t.ok(error === undefined || error === reason)
    }
    while ((await sessions(primary)) !== 0) await new Promise((resolve) => setTimeout(resolve, 10))
  })
}

function lagIsMeasured(t: Test, { primary, replica }: PostgresPair): void {
  void t.test('a replica that lags fails, until it has caught up', async (t) => {
    const settings: Changes = { role: 'replica', maxLagMs: 500 }
    await primary.sql('INSERT INTO written VALUES (now())')
    await becomes(replica, settings, undefined)
    await replica.sql('SELECT pg_wal_replay_pause()')
    await new Promise((resolve) => setTimeout(resolve, 600))
    t.equal(await verdict(replica, settings), undefined, 'while nothing is written, nothing lags')
    await primary.sql('INSERT INTO written VALUES (now())')
    await becomes(replica, settings, /^lag is \d+ ms, allowed are 500 ms$/)
    t.equal(
      await verdict(replica, { ...settings, maxLagMs: 0 }),
      undefined,
      'unless any age is fine',
    )
    t.equal(await verdict(primary, { maxLagMs: 500 }), undefined, 'and a primary never lags')
    await replica.sql('SELECT pg_wal_replay_resume()')
    await becomes(replica, settings, undefined)
  })
}

function streamingIsLookedAt(t: Test, { primary, replica }: PostgresPair): void {
  void t.test(
    'a replica without its primary fails where it has to stream, and no earlier',
    async (t) => {
      const settings: Changes = { requireStreaming: true }
      await becomes(replica, settings, undefined)
      t.equal(await verdict(primary, settings), undefined, 'a primary streams from nobody')
      t.match(await verdict(replica, { ...settings, login: STRANGER }), {
        code: 'RESPONSE_UNEXPECTED',
        message: 'whether it streams is hidden from user stranger: grant it pg_read_all_stats',
      })
      await primary.stop()
      await becomes(replica, settings, /^does not stream from its primary \(receiver: none\)$/)
      t.equal(await verdict(replica, { role: 'replica', maxLagMs: 500 }), undefined)
      await replica.stop()
      await replica.start()
      await primary.start()
      await becomes(replica, settings, undefined)
      t.equal(await verdict(replica, { maxLagMs: 1 }), undefined, 'it had replayed all it knew of')
    },
  )
}

function hangingIsBorne(t: Test, { primary }: PostgresPair): void {
  void t.test('a server whose postmaster hangs is given up at the deadline', async (t) => {
    primary.hang()
    const reason = new PointsmanError('RESPONSE_TIMEOUT', 'no answer within 300 ms')
    const deadline = new AbortController()
    setTimeout(() => deadline.abort(reason), 300)
    t.equal(await verdict(primary, {}, deadline.signal), reason)
    primary.wakeUp()
    t.equal(await verdict(primary), undefined)
    while ((await sessions(primary)) !== 0) await new Promise((resolve) => setTimeout(resolve, 10))
  })
}

function promotionIsSeen(t: Test, { primary, replica }: PostgresPair): void {
  void t.test('a replica that is promoted is the primary with the next check', async (t) => {
    await primary.stop(true)
    t.match(await verdict(primary), { code: 'CONNECT_REFUSED' })
    t.match(await verdict(replica, { role: 'primary' }), { code: 'ROLE_MISMATCH' })
    await replica.promote()
    t.equal(await verdict(replica, { role: 'primary', requireStreaming: true }), undefined)
  })
}

test('a pair of PostgreSQL servers', async (t) => {
  const pair = await startPostgresPair(t)
  await pair.primary.sql(`CREATE DATABASE closed`)
  await pair.primary.sql(`
    REVOKE CONNECT ON DATABASE closed FROM PUBLIC;
    CREATE ROLE crowded LOGIN CONNECTION LIMIT 0 PASSWORD '${MONITOR.password}';`)
  // Each leaves the pair as it was, but for the last.
  const cases = [
    nothingIsLeftBehind,
    rolesAreToldApart,
    loginsAreJudged,
    tlsIsSpoken,
    lagIsMeasured,
    hangingIsBorne,
    streamingIsLookedAt,
    promotionIsSeen,
  ]
  for (const look of cases) look(t, pair)
})

import { join } from 'node:path'
import { test } from 'tap'
import type { GroupConfig } from '../../src/config/target-groups.js'
import { CERTIFICATE } from './certificates.js'
import { ofGroup, problemsWith, reading, type Variables } from './reading.js'

function groupWith(members: Variables): GroupConfig {
  const [group] = reading(ofGroup(members)).config.groups
  if (!group) throw new Error('no group')
  return group
}

const LEAST = { HEALTH_CHECK: 'postgres', POSTGRES_USER: 'pointsman' }

test('A postgres check has the documented defaults', (t) => {
  t.same(groupWith(LEAST).healthCheck, {
    kind: 'postgres',
    intervalMs: 5000,
    timeoutMs: 2000,
    port: undefined,
    login: { user: 'pointsman', password: undefined, database: 'postgres' },
    role: 'any',
    tls: undefined,
    maxLagMs: 0,
    requireStreaming: false,
  })
  t.end()
})

test('Each variable of a postgres check has its place', (t) => {
  const folder = t.testdir({ 'ca.pem': CERTIFICATE, password: 'p@ss:w/o%rd\n' })
  const group = groupWith({
    ...LEAST,
    HEALTH_PORT: '5433',
    POSTGRES_PASSWORD_FILE: join(folder, 'password'),
    POSTGRES_DATABASE: 'shop',
    POSTGRES_TLS: 'true',
    POSTGRES_ROLE: 'replica',
    POSTGRES_MAX_LAG: '10000',
    POSTGRES_REQUIRE_STREAMING: 'true',
    TLS_VERIFY: 'false',
    TLS_CA_FILE: join(folder, 'ca.pem'),
    TLS_SERVER_NAME: 'db.example.com',
  })
  t.match(group.healthCheck, {
    port: 5433,
    login: { user: 'pointsman', password: 'p@ss:w/o%rd', database: 'shop' },
    role: 'replica',
    tls: { verify: false, ca: CERTIFICATE, serverName: 'db.example.com' },
    maxLagMs: 10_000,
    requireStreaming: true,
  })
  t.end()
})

test('The role that a check looks for is that of its group, and one alone is primary', (t) => {
  const roleWith = (role: string) => groupWith({ ...LEAST, POSTGRES_ROLE: role }).settings.role
  t.equal(roleWith('any'), undefined)
  t.same(roleWith('primary'), { name: 'primary', exclusive: true })
  t.same(roleWith('replica'), { name: 'replica', exclusive: false })
  t.end()
})

test('A target of such a group listens at 5432 unless it says otherwise', (t) => {
  const targets = (members: Variables): readonly number[] =>
    groupWith({ TARGETS: 'a, b:5433, [::1]', ...members }).targets.map(({ port }) => port)
  t.same(targets(LEAST), [5432, 5433, 5432])
  t.same(targets({}), [80, 5433, 80])
  t.same(problemsWith(ofGroup({ ...LEAST, TARGETS: 'a, a:5432' })), [
    'TARGET_GROUP_1_TARGETS: postgres://a:5432 is listed twice',
  ])
  t.same(problemsWith(ofGroup({ ...LEAST, TARGETS: 'a, a:80' })), [])
  t.end()
})

test('What a postgres check cannot be made with is reported', (t) => {
  const cases: readonly [Variables, string][] = [
    [{ POSTGRES_USER: '' }, 'POSTGRES_USER: is required for postgres checks'],
    [{ POSTGRES_ROLE: 'master' }, 'POSTGRES_ROLE=master: must be one of any, primary, replica'],
    [
      { POSTGRES_MAX_LAG: '1s' },
      'POSTGRES_MAX_LAG=1s: must be a whole number of milliseconds from 0 to 2147483647',
    ],
    [{ POSTGRES_TLS: 'prefer' }, 'POSTGRES_TLS=prefer: must be one of true, false'],
    [
      { HEALTH_PATH: '/' },
      'HEALTH_PATH=/: is for http checks alone, and TARGET_GROUP_1_HEALTH_CHECK is postgres',
    ],
    [
      { HEALTH_CHECK: 'tcp' },
      'POSTGRES_USER=pointsman: is for postgres checks alone, and TARGET_GROUP_1_HEALTH_CHECK is tcp',
    ],
  ]
  for (const [members, problem] of cases)
    t.same(problemsWith(ofGroup({ ...LEAST, ...members })), [`TARGET_GROUP_1_${problem}`])
  t.end()
})

test('What is said of replicas, where only a primary serves, is a warning', (t) => {
  const members = { POSTGRES_ROLE: 'primary', POSTGRES_MAX_LAG: '1000' }
  t.same(reading(ofGroup({ ...LEAST, ...members })).warnings, [
    'TARGET_GROUP_1_POSTGRES_MAX_LAG=1000: does nothing: it is for replicas',
  ])
  t.end()
})

test('A source of one role brings the check for it', (t) => {
  const members = { SOURCE: 'postgres:primary', POSTGRES_USER: 'pointsman', TARGETS: 'a, b' }
  const { settings, healthCheck, targets } = groupWith(members)
  t.match(healthCheck, { kind: 'postgres', role: 'primary' })
  t.match(settings, { role: { name: 'primary', exclusive: true } })
  t.same(
    targets.map(({ port }) => port),
    [5432, 5432],
  )
  const replica = groupWith({ ...members, SOURCE: 'postgres:replica', HEALTH_CHECK: 'postgres' })
  t.match(replica.healthCheck, { role: 'replica' })
  t.end()
})

test('What contradicts the role of a source is a mistake', (t) => {
  const members = { SOURCE: 'postgres:primary', POSTGRES_USER: 'pointsman' }
  const end = 'or not set, with TARGET_GROUP_1_SOURCE=postgres:primary'
  const cases: readonly [Variables, string][] = [
    [{ HEALTH_CHECK: 'none' }, `HEALTH_CHECK=none: must be postgres, ${end}`],
    [{ POSTGRES_ROLE: 'replica' }, `POSTGRES_ROLE=replica: must be primary, ${end}`],
    [{ POSTGRES_USER: '' }, 'POSTGRES_USER: is required for postgres checks'],
    [
      { SOURCE: 'postgres:master' },
      'SOURCE=postgres:master: must be one of static, postgres:primary, postgres:replica, redis-sentinel:<master-name>, zookeeper:<path>',
    ],
  ]
  for (const [other, problem] of cases)
    t.same(problemsWith(ofGroup({ ...members, ...other })).slice(0, 1), [
      `TARGET_GROUP_1_${problem}`,
    ])
  t.end()
})

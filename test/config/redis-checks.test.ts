import { join } from 'node:path'
import { test } from 'tap'
import type { GroupConfig } from '../../src/config/target-groups.js'
import { targetAt } from '../../src/core/target.js'
import { CERTIFICATE } from './certificates.js'
import { ofGroup, problemsWith, reading, type Variables } from './reading.js'

function groupWith(members: Variables): GroupConfig {
  const [group] = reading(ofGroup({ HEALTH_CHECK: 'redis', ...members })).config.groups
  if (!group) throw new Error('no group')
  return group
}

test('A redis check has the documented defaults', (t) => {
  t.same(groupWith({}).healthCheck, {
    kind: 'redis',
    intervalMs: 5000,
    timeoutMs: 2000,
    port: undefined,
    login: { username: undefined, password: undefined },
    role: 'any',
    tls: undefined,
  })
  t.end()
})

test('Each variable of a redis check has its place', (t) => {
  const folder = t.testdir({ 'ca.pem': CERTIFICATE, password: 'p@ss:w/o%rd\n' })
  const { healthCheck, settings } = groupWith({
    REDIS_USERNAME: 'pointsman',
    REDIS_PASSWORD_FILE: join(folder, 'password'),
    REDIS_TLS: 'true',
    REDIS_ROLE: 'master',
    TLS_CA_FILE: join(folder, 'ca.pem'),
  })
  t.match(healthCheck, {
    login: { username: 'pointsman', password: 'p@ss:w/o%rd' },
    role: 'master',
    tls: { verify: true, ca: CERTIFICATE },
  })
  t.same(settings.role, { name: 'master', exclusive: true })
  t.same(groupWith({ REDIS_ROLE: 'replica' }).settings.role, { name: 'replica', exclusive: false })
  t.end()
})

test('A target of such a group listens at 6379 unless it says otherwise', (t) => {
  const { targets } = groupWith({ TARGETS: 'a, b:6380, [::1]' })
  t.same(
    targets.map((target) => targetAt(target, target.host).id),
    ['redis://a:6379', 'redis://b:6380', 'redis://[::1]:6379'],
  )
  t.end()
})

test('A group that asks for a role is told that it keeps nobody', (t) => {
  const warnings = (members: Variables): readonly string[] =>
    reading(ofGroup({ HEALTH_CHECK: 'redis', ...members })).warnings
  for (const ALL_DOWN of ['all', 'last'])
    t.same(warnings({ ALL_DOWN, REDIS_ROLE: 'master' }), [
      `TARGET_GROUP_1_ALL_DOWN=${ALL_DOWN}: does nothing: only targets in which checks find the role master serve`,
    ])
  t.same(warnings({ ALL_DOWN: 'none', REDIS_ROLE: 'master' }), [])
  t.same(warnings({ ALL_DOWN: 'all' }), [])
  t.same(warnings({ ALL_DOWN: 'all', HEALTH_CHECK: 'tcp' }), [])
  t.end()
})

test('What a redis check cannot be made with is reported', (t) => {
  const cases: readonly [Variables, string][] = [
    [{ REDIS_ROLE: 'slave' }, 'REDIS_ROLE=slave: must be one of any, master, replica'],
    [
      { REDIS_USERNAME: 'u' },
      'REDIS_USERNAME=u: needs TARGET_GROUP_1_REDIS_PASSWORD or TARGET_GROUP_1_REDIS_PASSWORD_FILE',
    ],
    [
      { HEALTH_CHECK: 'tcp', REDIS_TLS: 'true' },
      'REDIS_TLS=true: is for redis checks alone, and TARGET_GROUP_1_HEALTH_CHECK is tcp',
    ],
  ]
  for (const [members, problem] of cases)
    t.same(problemsWith(ofGroup({ HEALTH_CHECK: 'redis', ...members })), [
      `TARGET_GROUP_1_${problem}`,
    ])
  t.end()
})

import { join } from 'node:path'
import { test } from 'tap'
import { ALGORITHMS, type Algorithm } from '../../src/core/balancers/registry.js'
import type { GroupSettings } from '../../src/core/group-settings.js'
import { ofGroup, problemsWith, reading, type Variables } from './reading.js'

function settingsWith(members: Variables): GroupSettings | undefined {
  return reading(ofGroup(members)).config.groups[0]?.settings
}

test('A group has the algorithm of its own, or the one for all', (t) => {
  const forAll = { LOAD_BALANCING_ALGORITHM: 'LRT' }
  const algorithm = (variables: Variables) =>
    reading(variables).config.groups[0]?.settings.algorithm
  for (const name of ALGORITHMS) t.equal(settingsWith({ ALGORITHM: name })?.algorithm, name)
  t.equal(algorithm(forAll), 'LRT')
  t.equal(algorithm({ ...forAll, TARGET_GROUP_1_ALGORITHM: 'RANDOM' }), 'RANDOM')
  t.same(problemsWith(ofGroup({ ALGORITHM: 'FASTEST' })), [
    `TARGET_GROUP_1_ALGORITHM=FASTEST: must be one of ${ALGORITHMS.join(', ')}`,
  ])
  t.end()
})

test('The key of a hash is one of four kinds', (t) => {
  const read = (key: string) => settingsWith({ ALGORITHM: 'CONSISTENT_HASH', HASH_KEY: key })
  for (const key of ['client-ip', 'path', 'header:X-User.Id', 'cookie:session_id'])
    t.equal(read(key)?.hashKey, key)
  const wrong = ['Path', 'header', 'header:', 'cookie:a b', 'cookie:a=b', 'header:a:b', 'query:id']
  for (const key of wrong)
    t.same(problemsWith(ofGroup({ HASH_KEY: key })), [
      `TARGET_GROUP_1_HASH_KEY=${key}: must be client-ip, path, header:<name> or cookie:<name>`,
    ])
  t.end()
})

test('The secret of cookies is long, and comes from its variable or from a file', (t) => {
  const secret = 'sixteen-letters-'
  const file = join(t.testdir({ secret: `${secret}\n` }), 'secret')
  const read = (members: Variables) =>
    settingsWith({ ALGORITHM: 'STICKY', ...members })?.stickySecret
  t.equal(read({ STICKY_SECRET: secret }), secret)
  t.equal(read({ STICKY_SECRET_FILE: file }), secret)
  t.equal(read({}), undefined)
  t.same(problemsWith(ofGroup({ STICKY_SECRET: 'fifteen-letters' })), [
    'TARGET_GROUP_1_STICKY_SECRET=[redacted]: must have at least 16 characters',
  ])
  t.end()
})

test('Whether and how a target that is back takes over is told', (t) => {
  t.match(settingsWith({ ALGORITHM: 'SEQUENTIAL', FAILBACK: 'false' }), { failback: false })
  t.match(settingsWith({ SLOW_START: '30000' }), { slowStartMs: 30_000 })
  t.match(problemsWith(ofGroup({ FAILBACK: 'no', SLOW_START: '-1' })), [
    'TARGET_GROUP_1_FAILBACK=no: must be one of true, false',
    'TARGET_GROUP_1_SLOW_START=-1: must be a whole number of milliseconds from 0 to 2147483647',
  ])
  t.end()
})

test('What the algorithm of a group has no use for is a warning', (t) => {
  const cases: readonly [member: string, value: string, algorithms: readonly Algorithm[]][] = [
    ['HASH_KEY', 'path', ['CONSISTENT_HASH']],
    ['STICKY_SECRET', 'sixteen-letters-', ['STICKY']],
    ['FAILBACK', 'false', ['SEQUENTIAL']],
    ['SLOW_START', '1000', ALGORITHMS.filter((algorithm) => algorithm !== 'SEQUENTIAL')],
  ]
  for (const [member, value, algorithms] of cases) {
    const shown = member === 'STICKY_SECRET' ? '[redacted]' : value
    const warning = (algorithm: string) =>
      `TARGET_GROUP_1_${member}=${shown}: does nothing with ${algorithm}; it is for ${algorithms.join(', ')}`
    for (const algorithm of ALGORITHMS) {
      const expected = algorithms.includes(algorithm) ? [] : [warning(algorithm)]
      const its = ofGroup({ ALGORITHM: algorithm, [member]: value })
      const inherited = { LOAD_BALANCING_ALGORITHM: algorithm, ...ofGroup({ [member]: value }) }
      t.same(reading(its).warnings, expected)
      t.same(reading(inherited).warnings, expected)
    }
  }
  t.end()
})

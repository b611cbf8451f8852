import { test } from 'tap'
import { readConfig } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { problemsWith, reading, type Variables } from './reading.js'

/** A configuration of names alone. */
const NAMES = {
  TARGET_GROUP_1_NAME: 'db',
  TARGET_GROUP_1_TARGETS: '10.0.0.1:5432',
  TARGET_GROUP_1_HEALTH_CHECK: 'tcp',
  HOSTS_ENTRY_1_HOSTNAME: 'DB.internal',
  HOSTS_ENTRY_1_TARGET_GROUP: 'db',
}

function read(variables: Variables) {
  const result = readConfig(variables)
  if ('problems' in result) throw new Error(result.problems.map(describeProblem).join('\n'))
  return result
}

test('Names alone are a configuration', (t) => {
  const { config, warnings } = read(NAMES)
  t.same(config.hosts, {
    file: '/etc/hosts',
    persist: true,
    entries: [{ hostname: 'db.internal', group: 'db', isChecked: true }],
  })
  t.equal(config.proxy, undefined)
  t.same(warnings, [])
  t.end()
})

test('Without names there is no hosts file to keep, whatever else is set', (t) => {
  t.equal(reading({ HOSTS_FILE: '/tmp/hosts' }).config.hosts, undefined)
  t.end()
})

test('Several names may share a group, and come in the order of their numbers', (t) => {
  const { config } = read({
    ...NAMES,
    HOSTS_FILE: '/var/lib/hosts',
    HOSTS_PERSIST: 'false',
    HOSTS_ENTRY_10_HOSTNAME: 'b',
    HOSTS_ENTRY_10_TARGET_GROUP: 'db',
    HOSTS_ENTRY_9_HOSTNAME: 'a_1.internal',
    HOSTS_ENTRY_9_TARGET_GROUP: 'db',
  })
  t.match(config.hosts, { file: '/var/lib/hosts', persist: false })
  t.same(
    config.hosts?.entries.map(({ hostname }) => hostname),
    ['db.internal', 'a_1.internal', 'b'],
  )
  t.end()
})

const WRONG: readonly [variables: Variables, problem: RegExp][] = [
  [{ HOSTS_ENTRY_1_HOSTNAME: '10.0.0.1' }, /HOSTNAME=10\.0\.0\.1: must be a name, not an address$/],
  [{ HOSTS_ENTRY_1_HOSTNAME: '::1' }, /HOSTNAME=::1: must be a name, not an address$/],
  [{ HOSTS_ENTRY_1_HOSTNAME: 'a b' }, /HOSTNAME=a b: must be a host name/],
  [{ HOSTS_ENTRY_1_HOSTNAME: 'a..b' }, /HOSTNAME=a\.\.b: must be a host name/],
  [{ HOSTS_ENTRY_1_HOSTNAME: 'a#b' }, /HOSTNAME=a#b: must be a host name/],
  [{ HOSTS_ENTRY_1_HOSTNAME: '' }, /^HOSTS_ENTRY_1_HOSTNAME: is required$/],
  [{ HOSTS_ENTRY_1_TARGET_GROUP: '' }, /^HOSTS_ENTRY_1_TARGET_GROUP: is required$/],
  [
    { HOSTS_ENTRY_1_TARGET_GROUP: 'cache' },
    /^HOSTS_ENTRY_1_TARGET_GROUP=cache: no target group has this name; known: web$/,
  ],
  [
    { HOSTS_ENTRY_2_HOSTNAME: 'db.INTERNAL', HOSTS_ENTRY_2_TARGET_GROUP: 'web' },
    /^HOSTS_ENTRY_2_HOSTNAME=db\.internal: HOSTS_ENTRY_1_HOSTNAME is the same name already$/,
  ],
  [{ HOSTS_FILE: 'etc/hosts' }, /^HOSTS_FILE=etc\/hosts: must be an absolute path/],
  [{ HOSTS_PERSIST: 'yes' }, /^HOSTS_PERSIST=yes: must be one of true, false$/],
  [{ HOSTS_FIEL: '/x' }, /^HOSTS_FIEL: is not a variable; did you mean HOSTS_FILE\?$/],
  [{ HOSTS_ENTRY_1_HOST: 'x' }, /^HOSTS_ENTRY_1_HOST: is not a variable; known: HOSTS_ENTRY_1_H/],
  [{ HOSTS_ENTRY_HOSTNAME: 'x' }, /^HOSTS_ENTRY_HOSTNAME: needs a number from 1 to 999999/],
]

test('What is wrong with a name is told', (t) => {
  const right = { HOSTS_ENTRY_1_HOSTNAME: 'db.internal', HOSTS_ENTRY_1_TARGET_GROUP: 'web' }
  t.same(problemsWith(right), [])
  for (const [variables, problem] of WRONG)
    t.match(problemsWith({ ...right, ...variables }), [problem])
  t.end()
})

test('A group that names alone use, and nobody checks, is warned about', (t) => {
  const unchecked = { ...NAMES, TARGET_GROUP_1_HEALTH_CHECK: 'none' }
  const { config, warnings } = read(unchecked)
  t.match(warnings, [/^TARGET_GROUP_1_HEALTH_CHECK=none: nobody finds out when a target is down/])
  t.match(config.hosts?.entries, [{ isChecked: false }])
  const rule = { LISTENER_RULE_1_PATH_PREFIX: '/', LISTENER_RULE_1_TARGET_GROUP: 'db' }
  t.same(read({ ...unchecked, ...rule }).warnings, [], 'its requests tell')
  t.end()
})

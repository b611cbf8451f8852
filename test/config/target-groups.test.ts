import { join } from 'node:path'
import { test } from 'tap'
import { groupSettings } from '../support/groups.js'
import { CERTIFICATE, KEY } from './certificates.js'
import { LEAST, problemsWith, reading } from './reading.js'

function settingsWith(variables: Readonly<Record<string, string>>) {
  return reading(variables).config.groups[0]?.settings
}

test('The settings of a group are its own', (t) => {
  const [web, api] = reading({
    TARGET_GROUP_7_NAME: 'api',
    TARGET_GROUP_7_TARGETS: 'https://api.internal',
    TARGET_GROUP_7_SLOW_START: '1000',
    TARGET_GROUP_7_RETRIES: '0',
    TARGET_GROUP_7_OUTLIER_FAILURES: '3',
    TARGET_GROUP_7_OUTLIER_EJECTION: '1000',
    TARGET_GROUP_7_ALL_DOWN: 'last',
    TARGET_GROUP_7_MAX_CONNECTIONS: '50',
    TARGET_GROUP_7_MAX_QUEUE: '0',
    TARGET_GROUP_7_TRANSPORT: 'reply-from',
    TARGET_GROUP_7_TLS_VERIFY: 'false',
    TARGET_GROUP_7_TLS_SERVER_NAME: 'API.example.com',
  }).config.groups
  t.same(web?.settings, settingsWith({}))
  t.same(api?.settings, {
    name: 'api',
    algorithm: 'ROUND_ROBIN',
    hashKey: 'client-ip',
    failback: true,
    slowStartMs: 1000,
    retries: 0,
    outlierFailures: 3,
    outlierEjectionMs: 1000,
    allDown: 'last',
    maxConnections: 50,
    maxQueue: 0,
    rise: 2,
    fall: 3,
    transport: 'reply-from',
    tls: { verify: false, serverName: 'api.example.com' },
  })
  t.end()
})

test('A group of which nothing is said has the defaults that tests of other parts begin with', (t) => {
  t.same(settingsWith({}), groupSettings())
  t.end()
})

test('Groups come in the order of their numbers', (t) => {
  const { groups } = reading({
    TARGET_GROUP_10_NAME: 'c',
    TARGET_GROUP_10_TARGETS: 'h',
    TARGET_GROUP_2_NAME: 'b',
    TARGET_GROUP_2_TARGETS: 'h',
  }).config
  t.same(
    groups.map(({ settings }) => settings.name),
    ['web', 'b', 'c'],
  )
  t.end()
})

test('A setting of a group that breaks its rule is reported', (t) => {
  const cases: readonly [member: string, value: string, rule: string][] = [
    ['NAME', 'my group', 'must be 1 to 64 letters, digits, dots, hyphens or underscores'],
    ['NAME', 'größe', 'must be 1 to 64 letters, digits, dots, hyphens or underscores'],
    ['NAME', 'a'.repeat(65), 'must be 1 to 64 letters, digits, dots, hyphens or underscores'],
    ['RETRIES', '-1', 'must be a whole number from 0 to 100'],
    ['RETRIES', '101', 'must be a whole number from 0 to 100'],
    ['OUTLIER_FAILURES', '1001', 'must be a whole number from 0 to 1000'],
    ['OUTLIER_EJECTION', '0', 'must be a whole number of milliseconds from 1 to 2147483647'],
    ['ALL_DOWN', 'any', 'must be one of none, all, last'],
    ['MAX_CONNECTIONS', '1000001', 'must be a whole number from 0 to 1000000'],
    ['MAX_QUEUE', '-1', 'must be a whole number from 0 to 1000000'],
    ['TRANSPORT', 'fast', 'must be one of auto, wire, reply-from'],
    ['TLS_VERIFY', 'no', 'must be one of true, false'],
    ['TLS_SERVER_NAME', '10.0.0.1', 'must be a name: RFC 6066 allows no address to be asked for'],
  ]
  for (const [member, value, rule] of cases) {
    const variable = `TARGET_GROUP_2_${member}`
    const group = { TARGET_GROUP_2_NAME: 'api', TARGET_GROUP_2_TARGETS: 'h', [variable]: value }
    t.same(problemsWith(group), [`${variable}=${value}: ${rule}`])
  }
  t.end()
})

test('A group needs a name and targets', (t) => {
  t.same(problemsWith({ TARGET_GROUP_2_RETRIES: '1' }), [
    'TARGET_GROUP_2_NAME: is required',
    'TARGET_GROUP_2_TARGETS: is required',
  ])
  t.end()
})

test('A group of which every variable is blank does not exist, unless it has an empty list', (t) => {
  const blank = { TARGET_GROUP_2_NAME: '', TARGET_GROUP_2_RETRIES: ' ' }
  t.same(problemsWith(blank), [])
  t.same(problemsWith({ ...blank, TARGET_GROUP_2_TARGETS: '' }), [
    'TARGET_GROUP_2_NAME: is required',
  ])
  t.end()
})

test('An empty list of targets is a warning', (t) => {
  const { config, warnings } = reading({ TARGET_GROUP_1_TARGETS: ' ' })
  t.same(config.groups[0]?.targets, [])
  t.same(warnings, ['TARGET_GROUP_1_TARGETS: is empty; requests for this group are answered 503'])
  t.end()
})

test('Each wrong target of a list is reported', (t) => {
  t.same(problemsWith({ TARGET_GROUP_1_TARGETS: 'a:0,b,c;weight=0' }), [
    'TARGET_GROUP_1_TARGETS: "a:0": its port must be a whole number from 1 to 65535',
    'TARGET_GROUP_1_TARGETS: "c;weight=0": its weight must be a whole number from 1 to 100',
  ])
  t.end()
})

test('A name belongs to one group', (t) => {
  const again = { TARGET_GROUP_2_NAME: 'web', TARGET_GROUP_2_TARGETS: 'h' }
  t.same(problemsWith(again), [
    'TARGET_GROUP_2_NAME=web: TARGET_GROUP_1_NAME has this name already',
  ])
  t.same(problemsWith({ ...again, TARGET_GROUP_2_NAME: 'WEB' }), [], 'names are case-sensitive')
  t.end()
})

test('Targets that speak HTTP/2 cannot be reached over wire', (t) => {
  const cases: readonly [transport: string, targets: string, isWrong: boolean][] = [
    ['wire', 'h2://h', true],
    ['wire', 'a,h2c://h', true],
    ['wire', 'https://h', false],
    ['auto', 'h2://h', false],
    ['reply-from', 'h2c://h', false],
  ]
  for (const [transport, targets, isWrong] of cases) {
    const variables = { TARGET_GROUP_1_TRANSPORT: transport, TARGET_GROUP_1_TARGETS: targets }
    const expected = isWrong ? [/^TARGET_GROUP_1_TRANSPORT=wire: .*use auto or reply-from/] : []
    t.match(problemsWith(variables), expected, `${transport} ${targets}`)
    t.equal(problemsWith(variables).length, expected.length)
  }
  t.end()
})

test('The authorities of a group are read from their file', (t) => {
  const directory = t.testdir({
    'ca.pem': `# ours\n${CERTIFICATE}`,
    'key.pem': KEY,
    'no.pem': 'no',
  })
  const withFile = (name: string) => ({ TARGET_GROUP_1_TLS_CA_FILE: join(directory, name) })
  t.match(settingsWith(withFile('ca.pem'))?.tls, { verify: true, ca: CERTIFICATE })
  for (const name of ['key.pem', 'no.pem'])
    t.match(problemsWith(withFile(name)), [/: the file holds no certificate in PEM form$/], name)
  t.match(problemsWith(withFile('absent.pem')), [
    /^TARGET_GROUP_1_TLS_CA_FILE=.*absent\.pem: the file cannot be read \(ENOENT/,
  ])
  t.match(problemsWith({ TARGET_GROUP_1_TLS_CA_FILE: directory }), [/cannot be read \(EISDIR/])
  t.end()
})

test('Two rules may share a group', (t) => {
  const rule = { LISTENER_RULE_2_PATH_PREFIX: '/api', LISTENER_RULE_2_TARGET_GROUP: 'web' }
  t.same(problemsWith({ ...LEAST, ...rule }), [])
  t.end()
})

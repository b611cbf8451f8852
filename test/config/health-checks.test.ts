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

const EACH_TIME = { intervalMs: 5000, timeoutMs: 2000, port: undefined }

test('A group is not checked unless it says how', (t) => {
  t.same(groupWith({}).healthCheck, { kind: 'none' })
  t.same(groupWith({ HEALTH_CHECK: 'none' }).healthCheck, { kind: 'none' })
  t.same(groupWith({ HEALTH_CHECK: 'tcp' }).healthCheck, { kind: 'tcp', ...EACH_TIME })
  t.end()
})

test('An http check has the documented defaults', (t) => {
  t.same(groupWith({ HEALTH_CHECK: 'http' }).healthCheck, {
    kind: 'http',
    ...EACH_TIME,
    method: 'GET',
    path: '/',
    statuses: [{ from: 200, to: 399 }],
    body: undefined,
    fields: [],
    host: undefined,
    scheme: undefined,
    tls: { verify: true },
  })
  t.end()
})

test('Each variable of a check has its place', (t) => {
  const ca = join(t.testdir({ 'ca.pem': CERTIFICATE }), 'ca.pem')
  const { healthCheck, settings } = groupWith({
    HEALTH_CHECK: 'http',
    HEALTH_INTERVAL: '10',
    HEALTH_TIMEOUT: '1',
    HEALTH_RISE: '4',
    HEALTH_FALL: '5',
    HEALTH_PORT: '9000',
    HEALTH_PATH: '/health?deep=true',
    HEALTH_METHOD: 'POST',
    HEALTH_STATUS: '200, 300-399',
    HEALTH_BODY: '"status": ?"up"',
    HEALTH_HEADERS: 'X-Check: 1; Authorization: Basic cDpw',
    HEALTH_HOST: 'Web.example.com:81',
    HEALTH_SCHEME: 'h2',
    HEALTH_TLS_VERIFY: 'false',
    HEALTH_CA_FILE: ca,
    HEALTH_SERVER_NAME: 'web.example.com',
  })
  t.same(healthCheck, {
    kind: 'http',
    intervalMs: 10,
    timeoutMs: 1,
    port: 9000,
    method: 'POST',
    path: '/health?deep=true',
    statuses: [
      { from: 200, to: 200 },
      { from: 300, to: 399 },
    ],
    body: '"status": ?"up"',
    fields: ['X-Check', '1', 'Authorization', 'Basic cDpw'],
    host: 'Web.example.com:81',
    scheme: 'h2',
    tls: { verify: false, ca: CERTIFICATE, serverName: 'web.example.com' },
  })
  t.match(settings, { rise: 4, fall: 5, tls: { verify: true } })
  t.end()
})

test('A check believes the certificates that the group believes, unless it says otherwise', (t) => {
  const group = { HEALTH_CHECK: 'http', TLS_VERIFY: 'false', TLS_SERVER_NAME: 'a.example' }
  const cases: readonly [Variables, object][] = [
    [{}, { verify: false, serverName: 'a.example' }],
    [{ HEALTH_TLS_VERIFY: 'true' }, { verify: true, serverName: 'a.example' }],
    [{ HEALTH_SERVER_NAME: 'b.example' }, { verify: false, serverName: 'b.example' }],
  ]
  for (const [check, tls] of cases)
    t.match(groupWith({ ...group, ...check }).healthCheck, { kind: 'http', tls })
  t.end()
})

test('A variable of a check that breaks its rule is reported', (t) => {
  const cases: readonly [member: string, value: string, rule: string][] = [
    ['CHECK', 'ping', 'must be one of none, tcp, http, postgres, redis'],
    ['INTERVAL', '9', 'must be a whole number of milliseconds from 10 to 2147483647'],
    ['TIMEOUT', '0', 'must be a whole number of milliseconds from 1 to 2147483647'],
    ['RISE', '0', 'must be a whole number from 1 to 1000'],
    ['FALL', '1001', 'must be a whole number from 1 to 1000'],
    ['PORT', '0', 'must be a whole number from 1 to 65535'],
    ['METHOD', 'get', 'must be one of GET, HEAD, OPTIONS, POST'],
    ['STATUS', '2xx', 'must be status codes and ranges of them, such as 200,204,300-399'],
    ['BODY', '(', 'must be a regular expression'],
    ['HOST', 'a:b', 'its port must be a whole number from 1 to 65535'],
    ['HOST', '::1', 'has too many colons: an IPv6 address is written in brackets, like [::1]:80'],
    ['SCHEME', 'ftp', 'must be one of http, https, h2, h2c'],
    ['TLS_VERIFY', 'no', 'must be one of true, false'],
    ['CA_FILE', '/absent', 'the file cannot be read (ENOENT: no such file or directory)'],
    ['SERVER_NAME', '::1', 'must be a name: RFC 6066 allows no address to be asked for'],
  ]
  for (const [member, value, rule] of cases) {
    const problems = problemsWith(ofGroup({ HEALTH_CHECK: 'http', [`HEALTH_${member}`]: value }))
    t.same(problems, [`TARGET_GROUP_1_HEALTH_${member}=${value}: ${rule}`])
  }
  t.match(problemsWith(ofGroup({ HEALTH_CHECK: 'http', HEALTH_PATH: 'up' })), [/must begin with/])
  t.end()
})

const OF_HTTP = { HEALTH_PATH: '/up', HEALTH_TLS_VERIFY: 'true', HEALTH_HEADERS: 'X-Key: 1' }

test('What is for http checks alone is a mistake in a tcp check', (t) => {
  const rule = 'is for http checks alone, and TARGET_GROUP_1_HEALTH_CHECK is tcp'
  t.same(problemsWith(ofGroup({ HEALTH_CHECK: 'tcp', HEALTH_PORT: '1', ...OF_HTTP })), [
    `TARGET_GROUP_1_HEALTH_PATH=/up: ${rule}`,
    `TARGET_GROUP_1_HEALTH_HEADERS=[redacted]: ${rule}`,
    `TARGET_GROUP_1_HEALTH_TLS_VERIFY=true: ${rule}`,
  ])
  t.end()
})

test('How to check, without that there is a check, is a mistake', (t) => {
  const rule = 'does nothing without TARGET_GROUP_1_HEALTH_CHECK: set that to'
  const members = { HEALTH_PORT: '1', HEALTH_PATH: '/up', POSTGRES_PASSWORD: 'x' }
  t.same(problemsWith(ofGroup(members)), [
    `TARGET_GROUP_1_HEALTH_PORT=1: ${rule} tcp or http or postgres or redis`,
    `TARGET_GROUP_1_HEALTH_PATH=/up: ${rule} http`,
    `TARGET_GROUP_1_POSTGRES_PASSWORD=[redacted]: ${rule} postgres`,
  ])
  t.end()
})

test('How to check, while checks are switched off, is a warning', (t) => {
  t.same(reading(ofGroup({ HEALTH_CHECK: 'none', HEALTH_PATH: '/up' })).warnings, [
    'TARGET_GROUP_1_HEALTH_PATH=/up: does nothing while TARGET_GROUP_1_HEALTH_CHECK is none',
  ])
  t.end()
})

test('A kind of check that there is not is the only mistake', (t) => {
  const problems = problemsWith(ofGroup({ HEALTH_CHECK: 'ping', ...OF_HTTP }))
  t.same(problems, [
    'TARGET_GROUP_1_HEALTH_CHECK=ping: must be one of none, tcp, http, postgres, redis',
  ])
  t.end()
})

test('No answer to HEAD has a body to search', (t) => {
  const head = { HEALTH_CHECK: 'http', HEALTH_METHOD: 'HEAD' }
  t.same(problemsWith(ofGroup(head)), [])
  t.same(problemsWith(ofGroup({ ...head, HEALTH_BODY: 'up' })), [
    'TARGET_GROUP_1_HEALTH_BODY=up: matches no answer to HEAD',
  ])
  t.end()
})

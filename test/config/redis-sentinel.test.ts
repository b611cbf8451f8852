import { test } from 'tap'
import { readConfig } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import type { GroupConfig } from '../../src/config/target-groups.js'
import { ofGroup, problemsWith, type Variables } from './reading.js'

const WITHOUT_LIST = {
  TARGET_GROUP_1_NAME: 'redis',
  LISTENER_RULE_1_PATH_PREFIX: '/',
  LISTENER_RULE_1_TARGET_GROUP: 'redis',
}
const MEMBERS = { SOURCE: 'redis-sentinel:mymaster', REDIS_SENTINELS: 'a, 10.0.0.2:26380, [::1]' }

function read(members: Variables): ReturnType<typeof readConfig> {
  return readConfig({ ...WITHOUT_LIST, ...ofGroup({ ...MEMBERS, ...members }) })
}

function problemsOf(members: Variables): readonly string[] {
  const result = read(members)
  return 'problems' in result ? result.problems.map(describeProblem) : []
}

function groupWith(members: Variables): GroupConfig {
  const result = read(members)
  const [group] = 'problems' in result ? [] : result.config.groups
  if (!group) throw new Error(problemsOf(members).join('\n'))
  return group
}

const SENTINEL = {
  masterName: 'mymaster',
  sentinels: [
    { host: 'a', port: 26379 },
    { host: '10.0.0.2', port: 26380 },
    { host: '::1', port: 26379 },
  ],
  password: undefined,
  role: 'master',
  access: { username: undefined, password: undefined, tls: undefined },
}

test('A group whose targets sentinels know needs no list', (t) => {
  t.same(groupWith({}).sentinel, SENTINEL)
  const others = {
    REDIS_SENTINEL_PASSWORD: 's',
    REDIS_USERNAME: 'u',
    REDIS_PASSWORD: 'p@ss:w/o%rd',
    REDIS_TLS: 'true',
    REDIS_ROLE: 'replica',
    TLS_SERVER_NAME: 'redis.internal',
  }
  t.same(groupWith(others).sentinel, {
    ...SENTINEL,
    password: 's',
    role: 'replica',
    access: {
      username: 'u',
      password: 'p@ss:w/o%rd',
      tls: { verify: true, serverName: 'redis.internal' },
    },
  })
  t.end()
})

test('Its servers are checked for the role that is wanted, unless it says otherwise', (t) => {
  const cases: readonly (readonly [Variables, kind: string, role: string | undefined])[] = [
    [{}, 'redis', 'master'],
    [{ REDIS_ROLE: 'replica' }, 'redis', 'replica'],
    [{ HEALTH_CHECK: 'redis', REDIS_ROLE: 'replica' }, 'redis', 'replica'],
    [{ HEALTH_CHECK: 'tcp', REDIS_PASSWORD: 'x' }, 'tcp', undefined],
    [{ HEALTH_CHECK: 'none', REDIS_USERNAME: 'u', REDIS_PASSWORD: 'x' }, 'none', undefined],
  ]
  for (const [members, kind, role] of cases) {
    const { healthCheck, settings } = groupWith(members)
    t.equal(healthCheck.kind, kind)
    t.equal(settings.role?.name, role)
    t.match(read(members), { warnings: [] })
  }
  t.match(groupWith({ REDIS_USERNAME: 'u', REDIS_PASSWORD: 'x', REDIS_TLS: 'true' }).healthCheck, {
    login: { username: 'u', password: 'x' },
    tls: { verify: true },
  })
  t.end()
})

const PROBLEMS: readonly (readonly [members: Variables, problem: string])[] = [
  [
    { REDIS_SENTINELS: '' },
    'REDIS_SENTINELS: is required with TARGET_GROUP_1_SOURCE=redis-sentinel:mymaster',
  ],
  [
    { TARGETS: '10.0.0.1' },
    'TARGETS=10.0.0.1: must not be set with TARGET_GROUP_1_SOURCE=redis-sentinel:mymaster: the sentinels tell the targets',
  ],
  [{ REDIS_SENTINELS: 'a, b, A' }, 'REDIS_SENTINELS=a, b, A: lists a:26379 twice'],
  [
    { REDIS_SENTINELS: 'a, b:0' },
    'REDIS_SENTINELS: "b:0": its port must be a whole number from 1 to 65535',
  ],
  [
    { SOURCE: 'redis-sentinel:' },
    'SOURCE=redis-sentinel:: must have the name of the master behind its colon, as the sentinels call it: letters, digits, . - and _',
  ],
  [
    { REDIS_USERNAME: 'u' },
    'REDIS_USERNAME=u: needs TARGET_GROUP_1_REDIS_PASSWORD or TARGET_GROUP_1_REDIS_PASSWORD_FILE',
  ],
  [{ REDIS_ROLE: 'primary' }, 'REDIS_ROLE=primary: must be one of any, master, replica'],
  [
    { REDIS_ROLE: 'any' },
    'REDIS_ROLE=any: must be master or replica with TARGET_GROUP_1_SOURCE=redis-sentinel:mymaster',
  ],
  [
    { SOURCE: 'redis-sentinel', REDIS_PASSWORD: 'x' },
    'SOURCE=redis-sentinel: must be one of static, postgres:primary, postgres:replica, redis-sentinel:<master-name>, zookeeper:<path>',
  ],
]

test('What contradicts sentinels is told with both names', (t) => {
  for (const [members, problem] of PROBLEMS)
    t.same(problemsOf(members), [`TARGET_GROUP_1_${problem}`], problem)
  t.end()
})

test('What is said of Redis without sentinels is a mistake', (t) => {
  t.same(problemsWith(ofGroup({ REDIS_SENTINELS: 'a' })), [
    'TARGET_GROUP_1_REDIS_SENTINELS=a: does nothing with TARGET_GROUP_1_SOURCE=static: it is for redis-sentinel:<master-name>',
  ])
  t.end()
})

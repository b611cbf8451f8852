import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readConfig } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { readEnsemble } from '../../src/config/zookeeper.js'

const GROUP = {
  TARGET_GROUP_1_NAME: 'web',
  TARGET_GROUP_1_SOURCE: 'zookeeper:/services/web',
  LISTENER_RULE_1_PATH_PREFIX: '/',
  LISTENER_RULE_1_TARGET_GROUP: 'web',
}

type Variables = Readonly<Record<string, string>>

function problemsWith(variables: Variables): readonly string[] {
  const result = readConfig({ ...GROUP, ...variables })
  return 'problems' in result ? result.problems.map(describeProblem) : []
}

test('A group is told the ensemble and the node of its targets', (t) => {
  const hosts = 'zk1, zk2:2182, [2001:DB8::1]:2183, 10.0.0.1'
  const result = readConfig({ ...GROUP, ZOOKEEPER_HOSTS: hosts })
  const ensemble = {
    hosts: [
      { host: 'zk1', port: 2181 },
      { host: 'zk2', port: 2182 },
      { host: '2001:db8::1', port: 2183 },
      { host: '10.0.0.1', port: 2181 },
    ],
    basePath: '/',
    sessionTimeoutMs: 10_000,
    login: undefined,
  }
  t.match(result, {
    config: {
      zookeeper: ensemble,
      groups: [{ targets: [], zookeeper: { ensemble, path: '/services/web', scheme: 'http' } }],
    },
  })
  t.end()
})

test('What a node is served with follows from how it is checked', (t) => {
  const variables = { ...GROUP, ZOOKEEPER_HOSTS: 'zk', TARGET_GROUP_1_HEALTH_CHECK: 'redis' }
  t.match(readConfig(variables), { config: { groups: [{ zookeeper: { scheme: 'redis' } }] } })
  t.end()
})

test('What is wrong with ZooKeeper is told', (t) => {
  const path = 'must be names with one / before each: none empty, . or .., no blanks in them'
  const cases: readonly (readonly [Variables, readonly string[]])[] = [
    [{}, ['ZOOKEEPER_HOSTS: is required with TARGET_GROUP_1_SOURCE=zookeeper:/services/web']],
    [
      { TARGET_GROUP_1_SOURCE: 'static', TARGET_GROUP_1_TARGETS: 'a', MODEL_STORE: 'zookeeper' },
      ['ZOOKEEPER_HOSTS: is required with MODEL_STORE=zookeeper'],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', TARGET_GROUP_1_TARGETS: 'a' },
      [
        'TARGET_GROUP_1_TARGETS=a: must not be set with TARGET_GROUP_1_SOURCE=zookeeper:/services/web: ZooKeeper tells the targets',
      ],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', TARGET_GROUP_1_SOURCE: 'zookeeper:web' },
      ['TARGET_GROUP_1_SOURCE=zookeeper:web: its path must begin with /'],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', TARGET_GROUP_1_SOURCE: 'zookeeper:/a//b' },
      [`TARGET_GROUP_1_SOURCE=zookeeper:/a//b: its path ${path}`],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', ZOOKEEPER_BASE_PATH: '/a/../b' },
      [`ZOOKEEPER_BASE_PATH=/a/../b: ${path}`],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk:0, zk/base,' },
      [
        'ZOOKEEPER_HOSTS: "zk:0": its port must be a whole number from 1 to 65535',
        'ZOOKEEPER_HOSTS: "zk/base": must not contain a path: ZOOKEEPER_BASE_PATH is for that',
        'ZOOKEEPER_HOSTS: "": is an empty part of a list: a comma too many',
      ],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', ZOOKEEPER_AUTH: 'secret' },
      ['ZOOKEEPER_AUTH=[redacted]: must be <user>:<password>'],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', ZOOKEEPER_SESSION_TIMEOUT: '10s' },
      [
        'ZOOKEEPER_SESSION_TIMEOUT=10s: must be a whole number of milliseconds from 1000 to 2147483647',
      ],
    ],
    [
      { ZOOKEEPER_HOSTS: 'zk', ZOOKEEPER_PATH: '/a' },
      ['ZOOKEEPER_PATH: is not a variable; did you mean ZOOKEEPER_AUTH?'],
    ],
  ]
  for (const [variables, problems] of cases)
    t.same(problemsWith(variables), problems, JSON.stringify(variables))
  t.end()
})

test('Without an ensemble, variables of this kind are somebody else’s', (t) => {
  const variables = { TARGET_GROUP_1_SOURCE: 'static', TARGET_GROUP_1_TARGETS: 'a' }
  t.same(problemsWith({ ...variables, ZOOKEEPER_CLIENT_PORT: '2181' }), [])
  t.end()
})

test('The login may come from a file', (t) => {
  const file = join(t.testdir(), 'auth')
  writeFileSync(file, 'pointsman:s3cret\n')
  t.match(readEnsemble({ ZOOKEEPER_HOSTS: 'zk', ZOOKEEPER_AUTH_FILE: file }), {
    ensemble: { login: 'pointsman:s3cret' },
  })
  t.match(readEnsemble({}), { problems: [{ variable: 'ZOOKEEPER_HOSTS', rule: 'is required' }] })
  t.end()
})

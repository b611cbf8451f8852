import { test } from 'tap'
import { readConfig, type Config } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { problemsWith, reading, type Variables } from './reading.js'

function configOf(variables: Variables): Config {
  const result = readConfig(variables)
  if ('problems' in result) throw new Error(result.problems.map(describeProblem).join('\n'))
  return result.config
}

test('A port alone makes a gateway, with models in a folder', (t) => {
  const { gateway, proxy } = configOf({ GATEWAY_PORT: '10601' })
  t.equal(proxy, undefined)
  t.match(gateway, {
    face: { host: '0.0.0.0', port: 10601, response: 'redirect', trustProxy: [] },
    store: { kind: 'file', directory: './data' },
    discovery: 'dynamic',
    lastKnownGoodDirectory: './data/lkg',
    ensemble: undefined,
  })
  t.equal(reading({}).config.gateway, undefined, 'nobody asks for one')
  t.end()
})

test('What the operator says of a gateway is in its settings', (t) => {
  const { gateway } = configOf({
    GATEWAY_HOST: '::1',
    GATEWAY_PORT: '0',
    GATEWAY_RESPONSE: 'legacy-redirect',
    MODEL_STORE: 'file: /var/lib/models ',
    DISCOVERY_MODE: 'static',
    LKG_DIR: '/var/lib/lkg',
    ZOOKEEPER_HOSTS: 'zk',
    HEADERS_TIMEOUT: '9000',
    REQUEST_TIMEOUT: '3000',
    KEEP_ALIVE_TIMEOUT: '4000',
    MAX_HEADER_SIZE: '5000',
    TRUST_PROXY: '10.0.0.0/8',
    ACCESS_LOG: 'off',
  })
  t.match(gateway, {
    face: {
      host: '::1',
      port: 0,
      response: 'legacy-redirect',
      headersTimeoutMs: 3000,
      requestTimeoutMs: 3000,
      keepAliveTimeoutMs: 4000,
      maxHeaderSizeBytes: 5000,
      trustProxy: ['10.0.0.0/8'],
      accessLog: 'off',
    },
    store: { kind: 'file', directory: '/var/lib/models' },
    discovery: 'static',
    lastKnownGoodDirectory: '/var/lib/lkg',
    ensemble: { hosts: [{ host: 'zk', port: 2181 }] },
  })
  t.end()
})

test('A rule of the proxy can name an application in place of a group', (t) => {
  const { gateway, proxy } = configOf({
    LISTENER_RULE_1_PATH_PREFIX: '/',
    LISTENER_RULE_1_APPLICATION: 'shop',
  })
  t.match(proxy?.rules, [{ application: 'shop', targetGroup: 'application:shop' }])
  t.equal(gateway?.face, undefined)
  t.match(gateway?.store, { kind: 'file' })
  t.end()
})

const MISTAKES: readonly [variables: Variables, problem: string][] = [
  [{ GATEWAY_PORT: 'tcp://10.0.0.1:80' }, 'GATEWAY_PORT=tcp://10.0.0.1:80: must be a whole number'],
  [{ GATEWAY_RESPONSE: 'json' }, 'GATEWAY_RESPONSE=json: must be one of redirect, body,'],
  [{ MODEL_STORE: './data' }, 'MODEL_STORE=./data: must be zookeeper or file:<directory>'],
  [{ MODEL_STORE: 'file: ' }, 'MODEL_STORE=file:: must be zookeeper or file:<directory>'],
  [{ MODEL_STORE: 'zookeeper' }, 'ZOOKEEPER_HOSTS: is required with MODEL_STORE=zookeeper'],
  [{ DISCOVERY_MODE: 'off' }, 'DISCOVERY_MODE=off: must be one of dynamic, static'],
  [{ GATEWAY_PROT: '1' }, 'GATEWAY_PROT: is not a variable; did you mean GATEWAY_PORT?'],
  [
    { LISTENER_RULE_1_APPLICATION: 'shop' },
    'LISTENER_RULE_1_APPLICATION=shop: must not be set with LISTENER_RULE_1_TARGET_GROUP',
  ],
  [{ LISTENER_RULE_1_TARGET_GROUP: '' }, 'LISTENER_RULE_1_TARGET_GROUP: is required'],
]

test('What is wrong with a gateway is reported', (t) => {
  for (const [variables, problem] of MISTAKES) {
    const problems = problemsWith(variables)
    t.equal(problems.length, 1, problem)
    t.ok(problems[0]?.startsWith(problem), problems[0] ?? 'nothing')
  }
  t.end()
})

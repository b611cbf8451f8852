import { availableParallelism } from 'node:os'
import { test } from 'tap'
import { VARIABLES } from '../../src/config/variables.js'
import { ALGORITHMS } from '../../src/core/balancers/registry.js'
import { LEAST, problemsWith, proxyWith, reading } from './reading.js'

test('The least configuration has the documented defaults', (t) => {
  const { config, warnings } = reading({})
  t.same(config, {
    workers: 0,
    logLevel: 'info',
    shutdownGraceMs: 10_000,
    dnsRefreshMs: 30_000,
    groups: [
      {
        settings: {
          name: 'web',
          algorithm: 'ROUND_ROBIN',
          hashKey: 'client-ip',
          failback: true,
          slowStartMs: 0,
          retries: 1,
          outlierFailures: 5,
          outlierEjectionMs: 10_000,
          allDown: 'none',
          maxConnections: 0,
          maxQueue: 1024,
          rise: 2,
          fall: 3,
          transport: 'auto',
          tls: { verify: true },
        },
        targets: [{ scheme: 'http', host: '127.0.0.1', port: 9001, basePath: '', weight: 1 }],
        healthCheck: { kind: 'none' },
      },
    ],
    proxy: {
      host: '0.0.0.0',
      port: 8080,
      tls: undefined,
      connectionTimeoutMs: 5000,
      upgradeTimeoutMs: 3_600_000,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      keepAliveTimeoutMs: 65_000,
      maxHeaderSizeBytes: 16_384,
      maxBodySizeBytes: 0,
      trustProxy: [],
      forwarded: false,
      trace: false,
      accessLog: 'errors',
      rules: [
        {
          number: 1,
          pathPrefix: '/',
          pathRewrite: '',
          targetGroup: 'web',
          pathMatch: 'segment',
          preserveHost: false,
          host: undefined,
        },
      ],
    },
    management: undefined,
  })
  t.same(warnings, [])
  t.end()
})

test('Each variable has its place in the configuration', (t) => {
  const { config } = reading({
    WORKERS: '2',
    LOG_LEVEL: 'debug',
    SHUTDOWN_GRACE: '0',
    DNS_REFRESH: '100',
    LISTENER_HOST: '::1',
    LISTENER_PORT: '0',
    CONNECTION_TIMEOUT: '1',
    UPGRADE_TIMEOUT: '2',
    HEADERS_TIMEOUT: '3',
    REQUEST_TIMEOUT: '4',
    KEEP_ALIVE_TIMEOUT: '2147483647',
    MAX_HEADER_SIZE: '1024',
    MAX_BODY_SIZE: '9007199254740991',
    TRUST_PROXY: '10.0.0.1, 10.0.0.0/8,::1 ,2001:db8::/32',
    FORWARDED: 'true',
    TRACE: 'true',
    ACCESS_LOG: 'all',
    MANAGEMENT_HOST: 'localhost',
    MANAGEMENT_PORT: '9090',
  })
  const { proxy, ...others } = config
  t.match(others, {
    workers: 2,
    logLevel: 'debug',
    shutdownGraceMs: 0,
    dnsRefreshMs: 100,
    management: { host: 'localhost', port: 9090 },
  })
  t.match(proxy, {
    host: '::1',
    port: 0,
    connectionTimeoutMs: 1,
    upgradeTimeoutMs: 2,
    headersTimeoutMs: 3,
    requestTimeoutMs: 4,
    keepAliveTimeoutMs: 2_147_483_647,
    maxHeaderSizeBytes: 1024,
    maxBodySizeBytes: Number.MAX_SAFE_INTEGER,
    trustProxy: ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'],
    forwarded: true,
    trace: true,
    accessLog: 'all',
  })
  t.end()
})

test('As many workers as there are cores can be asked for', (t) => {
  t.equal(reading({ WORKERS: 'auto' }).config.workers, availableParallelism())
  t.end()
})

test("A value that breaks its variable's rule is reported with both", (t) => {
  const cases: readonly [variable: string, rule: string, values: readonly string[]][] = [
    [
      'LOG_LEVEL',
      'must be one of fatal, error, warn, info, debug, trace, silent',
      ['loud', 'INFO'],
    ],
    ['WORKERS', 'must be auto or a whole number from 0 to 1024', ['-1', 'AUTO', '1.5', '1025']],
    ['ACCESS_LOG', 'must be one of off, errors, all', ['none', 'true']],
    ['FORWARDED', 'must be one of true, false', ['yes', '1', 'True']],
    [
      'LOAD_BALANCING_ALGORITHM',
      `must be one of ${ALGORITHMS.join(', ')}`,
      ['round_robin', 'FASTEST'],
    ],
    [
      'SHUTDOWN_GRACE',
      'must be a whole number of milliseconds from 0 to 2147483647',
      ['-1', '1.5', '5s', '1e3', '0x10', '007', '1 000', '2147483648', '99999999999999999999'],
    ],
    [
      'CONNECTION_TIMEOUT',
      'must be a whole number of milliseconds from 1 to 2147483647',
      ['0', '2147483648', 'Infinity'],
    ],
    ['UPGRADE_TIMEOUT', 'must be a whole number of milliseconds from 1 to 2147483647', ['0']],
    ['HEADERS_TIMEOUT', 'must be a whole number of milliseconds from 1 to 2147483647', ['0']],
    ['REQUEST_TIMEOUT', 'must be a whole number of milliseconds from 1 to 2147483647', ['0']],
    ['KEEP_ALIVE_TIMEOUT', 'must be a whole number of milliseconds from 1 to 2147483647', ['0']],
    ['DNS_REFRESH', 'must be a whole number of milliseconds from 100 to 2147483647', ['99']],
    [
      'MAX_HEADER_SIZE',
      'must be a whole number of bytes from 1024 to 1048576',
      ['0', '1023', '1048577', '16k'],
    ],
    [
      'MAX_BODY_SIZE',
      'must be a whole number of bytes from 0 to 9007199254740991',
      ['-1', '1MB', '9007199254740992'],
    ],
    ['LISTENER_PORT', 'must be a whole number from 0 to 65535', ['65536', 'http', '80.0']],
    ['MANAGEMENT_PORT', 'must be a whole number from 0 to 65535', ['-1', 'off']],
    ['LISTENER_HOST', 'is written without brackets', ['[::]']],
    ['MANAGEMENT_HOST', 'is written without brackets', ['[::1]:80']],
  ]
  for (const [variable, rule, values] of cases)
    for (const value of values)
      t.same(problemsWith({ [variable]: value }), [`${variable}=${value}: ${rule}`])
  t.end()
})

test('A listener can be bound to addresses and names only', (t) => {
  for (const host of ['0.0.0.0', '::', '::1', '127.0.0.1', 'localhost', 'lb-1.internal'])
    t.equal(proxyWith({ LISTENER_HOST: host }).host, host)
  for (const host of ['1.2.3', 'a b', 'http://localhost', '0.0.0.0:80'])
    t.match(problemsWith({ LISTENER_HOST: host }), [/^LISTENER_HOST=/], host)
  t.end()
})

test('The list of trusted proxies holds addresses and networks only', (t) => {
  const cases: readonly [string, readonly string[]][] = [
    ['10.0.0.0/33', ['10.0.0.0/33']],
    ['::/129', ['::/129']],
    ['10.0.0.0/', ['10.0.0.0/']],
    ['10.0.0.0/08', ['10.0.0.0/08']],
    ['10.0.0.0/8/8', ['10.0.0.0/8/8']],
    ['10.0.0', ['10.0.0']],
    ['fe80::1%eth0', ['fe80::1%eth0']],
    ['proxy.internal', ['proxy.internal']],
    ['10.0.0.1,loopback, ::1, true', ['loopback', 'true']],
  ]
  for (const [value, wrong] of cases)
    t.same(
      problemsWith({ TRUST_PROXY: value }),
      wrong.map(
        (part) => `TRUST_PROXY: "${part}": is neither an IP address nor a network like 10.0.0.0/8`,
      ),
      value,
    )
  t.same(proxyWith({ TRUST_PROXY: 'false' }).trustProxy, [])
  t.end()
})

test('Trusting every peer is refused with what to write instead', (t) => {
  const [problem, ...others] = problemsWith({ TRUST_PROXY: 'true' })
  t.match(problem, /^TRUST_PROXY=true: .*list the addresses or networks.*10\.0\.0\.0\/8/)
  t.same(others, [])
  t.end()
})

test('The head of a request never has longer than the whole', (t) => {
  t.equal(proxyWith({ REQUEST_TIMEOUT: '2000' }).headersTimeoutMs, 2000)
  t.equal(proxyWith({ REQUEST_TIMEOUT: '20000' }).headersTimeoutMs, 10_000)
  t.end()
})

test('A blank value is the same as none, and blanks around a value do not count', (t) => {
  const proxy = proxyWith({
    LISTENER_PORT: '',
    ACCESS_LOG: '  ',
    FORWARDED: ' true ',
    TRUST_PROXY: '',
  })
  t.match(proxy, { port: 8080, accessLog: 'errors', forwarded: true, trustProxy: [] })
  t.equal(reading({ MANAGEMENT_PORT: ' ' }).config.management, undefined)
  t.end()
})

test('Nothing in the configuration can be changed', (t) => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(frozen))
  t.ok(frozen(reading({ TRUST_PROXY: '::1' }).config))
  t.end()
})

test('Without any rule the operator is told what a face needs', (t) => {
  const none = { LISTENER_RULE_1_PATH_PREFIX: '', LISTENER_RULE_1_TARGET_GROUP: '' }
  t.match(problemsWith(none), [
    /^LISTENER_RULE_1_PATH_PREFIX: there is nothing to serve: set this, LISTENER_RULE_1_TARGET_GROUP/,
  ])
  t.end()
})

test('Each default and each example in the table is a value that its variable takes', (t) => {
  for (const [name, variable] of VARIABLES) {
    if ('default' in variable) t.doesNotThrow(() => variable.parse(variable.default), name)
    const isOutside = /_(FILE|CERT|KEY)$/.test(name)
    if (!isOutside) t.doesNotThrow(() => variable.parse(variable.example), `example of ${name}`)
  }
  t.ok(Object.keys(LEAST).every((name) => VARIABLES.has(name.replace('_1_', '_<N>_'))))
  t.end()
})

import { resolve } from 'node:path'
import { test, type Test } from 'tap'
import { configOf, groupOf, importAt, importing, type Imported } from './importing.js'

const TCP = `
name: db
local_host: db.internal
backend_hosts: [10.0.0.1, 10.0.0.2]
strategy: sequential
healthcheck:
  type: tcp
  period: 5
  config: {port: 5432}
`

const HTTP = `
name: web
local_host: web.internal
backend_hosts: [10.0.0.1]
strategy: random
healthcheck:
  type: http
  period: 2.5
  config:
    port: 9000
    path: /health
`

function balancer(t: Test, text: string): Imported {
  return importing(t, { 'config.yml': '', 'lb_configs/a.yml': text })
}

function main(t: Test, text: string): Imported {
  return importing(t, { 'config.yml': text, 'lb_configs/a.yml': TCP })
}

test('The examples of Redirector mean what their comments say', (t) => {
  const path = resolve('test/import/redirector/config.yml')
  const { code, variables, losses } = importAt(path)
  t.same([code, losses], [0, []])
  t.same(variables, {
    TARGET_GROUP_1_NAME: 'Elasticsearch',
    TARGET_GROUP_1_TARGETS: '10.18.126.13:9000, 10.42.180.124:9000, 10.88.129.48:9000',
    TARGET_GROUP_1_ALGORITHM: 'SEQUENTIAL',
    TARGET_GROUP_1_FAILBACK: 'false',
    TARGET_GROUP_1_HEALTH_CHECK: 'http',
    TARGET_GROUP_1_HEALTH_INTERVAL: '5000',
    TARGET_GROUP_1_HEALTH_TIMEOUT: '10000',
    TARGET_GROUP_1_HEALTH_RISE: '1',
    TARGET_GROUP_1_HEALTH_FALL: '1',
    TARGET_GROUP_1_HEALTH_PATH: '/',
    TARGET_GROUP_1_HEALTH_STATUS: '200',
    HOSTS_ENTRY_1_HOSTNAME: 'elasticsearch.example.internal',
    HOSTS_ENTRY_1_TARGET_GROUP: 'Elasticsearch',
    TARGET_GROUP_2_NAME: 'MinIO',
    TARGET_GROUP_2_TARGETS:
      'rack1.node1.minio.example.internal:9000, rack1.node2.minio.example.internal:9000',
    TARGET_GROUP_2_ALGORITHM: 'RANDOM',
    TARGET_GROUP_2_HEALTH_CHECK: 'tcp',
    TARGET_GROUP_2_HEALTH_INTERVAL: '5000',
    TARGET_GROUP_2_HEALTH_TIMEOUT: '10000',
    TARGET_GROUP_2_HEALTH_RISE: '1',
    TARGET_GROUP_2_HEALTH_FALL: '1',
    HOSTS_ENTRY_2_HOSTNAME: 'minio.example.internal',
    HOSTS_ENTRY_2_TARGET_GROUP: 'MinIO',
  })
  t.end()
})

test('What is printed for the examples is a configuration that means the same', (t) => {
  const path = resolve('test/import/redirector/config.yml')
  const { groups, hosts, proxy } = configOf(importAt(path))
  t.same(hosts, {
    file: '/etc/hosts',
    persist: true,
    entries: [
      { hostname: 'elasticsearch.example.internal', group: 'Elasticsearch', isChecked: true },
      { hostname: 'minio.example.internal', group: 'MinIO', isChecked: true },
    ],
  })
  t.match(groups, [
    {
      settings: { algorithm: 'SEQUENTIAL', failback: false, rise: 1, fall: 1, allDown: 'none' },
      targets: [{ host: '10.18.126.13', port: 9000 }, {}, {}],
      healthCheck: {
        kind: 'http',
        intervalMs: 5000,
        timeoutMs: 10000,
        method: 'GET',
        path: '/',
        statuses: [{ from: 200, to: 200 }],
      },
    },
    {
      settings: { algorithm: 'RANDOM', rise: 1, fall: 1 },
      targets: [{ host: 'rack1.node1.minio.example.internal', port: 9000 }, {}],
      healthCheck: { kind: 'tcp', intervalMs: 5000, timeoutMs: 10000 },
    },
  ])
  t.equal(proxy, undefined)
  t.end()
})

const MAIN_FILES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['log_level: CRITICAL', { LOG_LEVEL: 'fatal' }],
  ['log_level: ERROR', { LOG_LEVEL: 'error' }],
  ['log_level: WARNING', { LOG_LEVEL: 'warn' }],
  ['log_level: INFO', { LOG_LEVEL: 'info' }],
  ['log_level: "DEBUG"', { LOG_LEVEL: 'debug' }],
  ['log_level: NOTSET', { LOG_LEVEL: 'trace' }],
  ['persist_hosts_block: true', { HOSTS_PERSIST: 'true' }],
  ['persist_hosts_block: no', { HOSTS_PERSIST: 'false' }],
  ['pid_file: null', {}],
  ['lb_configs_dir: lb_configs', {}],
]

test('The main file is translated', (t) => {
  for (const [text, expected] of MAIN_FILES) {
    const imported = main(t, text)
    const { code, losses, variables } = imported
    t.same([code, losses], [0, []], text)
    t.ok(configOf(imported).hosts, text)
    t.match(variables, { ...expected, TARGET_GROUP_1_NAME: 'db' }, text)
  }
  t.end()
})

test('What of the main file has no variable is reported, with the reason', (t) => {
  const text = `log_level: VERBOSE
log_format: "%(message)s"
log_file_path: /var/log/redirector.log
log_file_max_bytes: 5000000
log_file_max_backups: 5
pid_file: /run/redirector.pid
persist_hosts_block: perhaps
lb_config_dir: other
`
  const { code, losses, variables } = main(t, text)
  t.equal(code, 2)
  const toStdout = 'left out: the log goes to standard output; who starts the program keeps it'
  t.same(losses, [
    'config.yml:1:1: log_level: must be one of CRITICAL, ERROR, WARNING, INFO, DEBUG, NOTSET',
    'config.yml:2:1: log_format: left out: log lines are JSON',
    `config.yml:3:1: log_file_path: ${toStdout}`,
    `config.yml:4:1: log_file_max_bytes: ${toStdout}`,
    `config.yml:5:1: log_file_max_backups: ${toStdout}`,
    'config.yml:6:1: pid_file: left out: no file with the process id is written; who starts the program knows it',
    'config.yml:7:1: persist_hosts_block: must be true or false',
    'config.yml:8:1: lb_config_dir: is no known key; did you mean lb_configs_dir?',
  ])
  t.equal(variables.TARGET_GROUP_1_NAME, 'db', 'the rest is translated')
  t.end()
})

test('Balancer files are looked for where the main file says', (t) => {
  const relative = importing(t, { 'etc/config.yml': 'lb_configs_dir: ../lbs', 'lbs/a.yaml': TCP })
  t.equal(relative.variables.HOSTS_ENTRY_1_HOSTNAME, 'db.internal')
  const folder = resolve('test/import/redirector/lb_configs')
  const absolute = importing(t, { 'config.yml': `lb_configs_dir: ${folder}` })
  t.equal(absolute.variables.HOSTS_ENTRY_2_HOSTNAME, 'minio.example.internal')
  t.end()
})

/** What of a check is written how. */
const CONFIGS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['timeout: 0.5', { HEALTH_TIMEOUT: '500' }],
  ['timeout: "3"', { HEALTH_TIMEOUT: '3000' }],
  ['method: HEAD', { HEALTH_METHOD: 'HEAD' }],
  ['scheme: http', { TARGETS: '10.0.0.1:9000' }],
  ['scheme: https', { TARGETS: 'https://10.0.0.1:9000' }],
  ['query: deep=1&x', { HEALTH_PATH: '/health?deep=1&x' }],
  ['query: null', { HEALTH_PATH: '/health' }],
  ['expected_status: 204', { HEALTH_STATUS: '204' }],
  ['expected_status: "^2"', { HEALTH_STATUS: '200-299' }],
  ['expected_status: "200|429"', { HEALTH_STATUS: '200,429' }],
  ['expected_response: ready', { HEALTH_BODY: 'ready' }],
  ['expected_response: "it\'s # ready"', { HEALTH_BODY: "it's # ready" }],
  ['expected_response: \'"ready": true$\'', { HEALTH_BODY: '"ready": true(?=\\n?$)' }],
  ['expected_response_encoding: UTF-8', {}],
  ['headers: {}', {}],
  ['headers: {Host: web.example.com}', { HEALTH_HOST: 'web.example.com' }],
  [
    'headers: {Authorization: "Bearer x=", Accept: application/json}',
    { HEALTH_HEADERS: 'Authorization: Bearer x=; Accept: application/json' },
  ],
  ['headers: [{X-A: 1}, {X-B: two}]', { HEALTH_HEADERS: 'X-A: 1; X-B: two' }],
]

test('An HTTP check is translated', (t) => {
  for (const [line, expected] of CONFIGS) {
    const imported = balancer(t, `${HTTP}    ${line}\n`)
    t.same([imported.code, imported.losses], [0, []], line)
    t.match(groupOf(imported), { ...expected, HEALTH_INTERVAL: '2500' }, line)
    t.ok(configOf(imported).hosts, line)
  }
  t.end()
})

test('A file of authorities is that of the machine that is going to serve', (t) => {
  const { code, variables } = balancer(t, `${HTTP}    cacerts: /not/here/ca.pem\n`)
  t.equal(code, 0)
  t.equal(variables.TARGET_GROUP_1_HEALTH_CA_FILE, '/not/here/ca.pem')
  t.end()
})

const UNTRANSLATED = [
  ['timeout: soon', 'timeout: must be a number that is not negative'],
  ['timeout: 0', 'timeout: TARGET_GROUP_1_HEALTH_TIMEOUT must be a whole number of milliseconds'],
  ['method: TRACE', 'method: TARGET_GROUP_1_HEALTH_METHOD must be one of GET, HEAD, OPTIONS, POST'],
  ['scheme: ftp', 'scheme: must be http or https'],
  ['query: "a b"', 'path: TARGET_GROUP_1_HEALTH_PATH must begin with / and have no blanks'],
  [
    'expected_status: "(?i)200"',
    'expected_status: is a regular expression that stands for no list',
  ],
  ['expected_status: "^6$"', 'expected_status: is a regular expression that stands for no list'],
  ['expected_response: "(?i)ok"', 'expected_response: is a regular expression that means nothing'],
  [
    'expected_response: "a\\nb`\'"',
    'expected_response: TARGET_GROUP_1_HEALTH_BODY cannot be written',
  ],
  ['expected_response_encoding: latin-1', 'expected_response_encoding: bodies are read as UTF-8'],
  ['headers: {Expect: x}', 'headers.Expect: HEALTH_HEADERS must not set Expect'],
  [
    'headers: [{X-A: "a;b"}]',
    'headers[0].X-A: a value with a semicolon cannot be in HEALTH_HEADERS',
  ],
  ['headers: {"X A": 1}', 'headers.X A: HEALTH_HEADERS must be names and values that HTTP allows'],
  ['headers: none', 'headers: must be keys and values'],
  ['retries: 3', 'retries: is no known key'],
  ['expected_state: 200', 'expected_state: is no known key; did you mean expected_status?'],
] as const

test('What of an HTTP check cannot be expressed is reported, and the rest is translated', (t) => {
  for (const [line, expected] of UNTRANSLATED) {
    const imported = balancer(t, `${HTTP}    ${line}\n`)
    const { code, losses, variables } = imported
    t.equal(code, 2, line)
    t.ok(configOf(imported).hosts, line)
    t.equal(losses.length, 1, losses.join('\n'))
    const [, row, where] =
      /^lb_configs\/a\.yml:(\d+):\d+: healthcheck\.config\.(.*)$/.exec(losses[0] ?? '') ?? []
    t.equal(where?.slice(0, expected.length), expected)
    t.equal(row, line.startsWith('query') ? '11' : '12', line)
    t.equal(variables.TARGET_GROUP_1_HEALTH_CHECK, 'http', line)
  }
  t.end()
})

/** A balancer that Redirector would not start with, and what is wrong with it. */
const REFUSED = [
  [TCP.replace('name: db\n', ''), 'a.yml:1:1: name: is required, and missing'],
  [TCP.replace('db.internal', ''), 'a.yml:1:1: local_host: is required, and missing'],
  [
    TCP.replace('10.0.0.1, 10.0.0.2', ''),
    'a.yml:4:1: backend_hosts: has no host that can be a target',
  ],
  [TCP.replace('sequential', 'first'), 'a.yml:5:1: strategy: must be sequential or random'],
  [TCP.replace('tcp', 'icmp'), 'a.yml:7:3: healthcheck.type: must be tcp or http'],
  [TCP.replace('period: 5', 'period: often'), 'a.yml:8:3: healthcheck.period: must be a number'],
  [TCP.replace('port: 5432', ''), 'a.yml:9:3: healthcheck.config.port: is required, and missing'],
  [TCP.replace(/config.*/, ''), 'a.yml:6:1: healthcheck.config: is required, and missing'],
  [HTTP.replace(/path.*/, ''), 'a.yml:9:3: healthcheck.config.path: is required, and missing'],
  [
    TCP.replace('10.0.0.1, 10.0.0.2', '10.0.0.256'),
    'a.yml:4:17: backend_hosts[0]: is no target: its host',
  ],
  ['- a\n- b\n', 'a.yml:1:1: the file: must be keys and values'],
  ['', 'a.yml:1:1: the file: must be keys and values'],
] as const

test('A balancer that Redirector does not start with is left out', (t) => {
  for (const [text, expected] of REFUSED) {
    const files = { 'config.yml': '', 'lb_configs/a.yml': text, 'lb_configs/b.yml': TCP }
    const { code, losses, variables } = importing(t, files)
    t.equal(code, 2, expected)
    t.ok(
      losses.some((line) => line.startsWith(`lb_configs/${expected}`)),
      losses.join('\n'),
    )
    t.equal(variables.TARGET_GROUP_1_NAME, 'db', 'the others are translated')
    t.equal(variables.TARGET_GROUP_2_NAME, undefined)
    t.equal(balancer(t, text).code, 1, 'when there is no other one, there is nothing to print')
  }
  t.end()
})

test('A host that cannot be a target is left out of its group', (t) => {
  const hosts = '["10.0.0.1", "fd00::1", no host, "10.0.0.1", db.example.com]'
  const imported = balancer(t, TCP.replace('[10.0.0.1, 10.0.0.2]', hosts))
  t.ok(configOf(imported).hosts)
  t.equal(groupOf(imported)['TARGETS'], '10.0.0.1:5432, [fd00::1]:5432, db.example.com:5432')
  t.equal(imported.losses.length, 2)
  t.match(imported.losses[0], 'backend_hosts[2]: is no target')
  t.match(imported.losses[1], 'backend_hosts[3]: stands here for the second time')
  t.end()
})

test('A name that stands twice is reported', (t) => {
  const other = TCP.replace('db.internal', 'other.internal')
  const names = importing(t, {
    'config.yml': '',
    'lb_configs/a.yml': TCP,
    'lb_configs/b.yml': other,
  })
  t.equal(names.code, 2)
  t.equal(configOf(names).hosts?.entries.length, 2)
  t.match(names.losses[0], /^lb_configs\/b\.yml:2:1: name: is also the name of .*a\.yml/)
  t.match(names.variables, { TARGET_GROUP_1_NAME: 'db', TARGET_GROUP_2_NAME: 'db-2' })
  t.equal(names.variables.HOSTS_ENTRY_2_TARGET_GROUP, 'db-2')
  const host = TCP.replace('name: db', 'name: twin').replace('db.internal', 'DB.internal')
  const hosts = importing(t, {
    'config.yml': '',
    'lb_configs/a.yml': TCP,
    'lb_configs/b.yml': host,
  })
  t.equal(configOf(hosts).hosts?.entries.length, 1)
  t.match(hosts.losses[1], /^lb_configs\/b\.yml:3:1: local_host: is also the name in .*a\.yml/)
  t.notOk('TARGET_GROUP_2_NAME' in hosts.variables)
  t.end()
})

test('A name that a group cannot have is changed', (t) => {
  const imported = balancer(t, TCP.replace('name: db', 'name: "Main DB (Züri)"'))
  t.equal(imported.code, 0)
  t.equal(groupOf(imported)['NAME'], 'Main-DB-Z-ri')
  t.match(imported.text, '# Main DB (Züri)\n')
  t.end()
})

test('A check by TCP has no use for what is for HTTP', (t) => {
  const { losses } = balancer(t, TCP.replace('port: 5432', 'port: 5432, path: /, method: null'))
  t.same(losses, ['lb_configs/a.yml:9:24: healthcheck.config.path: means nothing to a tcp check'])
  t.end()
})

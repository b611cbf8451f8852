import { resolve } from 'node:path'
import { test, type Test } from 'tap'
import { configOf, groupOf, importAt, importing, type Imported } from './importing.js'

const GLOBAL = `GlobalOptions:
  HADomain: ha.internal
  TTL: 10
  UpdateInterval: 5
`

function withGlobal(t: Test, lines: string): Imported {
  return importing(t, { 'hanoproxy.yaml': lines })
}

/** Imports one record, which begins in line 6. */
function withRecord(t: Test, text: string): Imported {
  return importing(t, { 'hanoproxy.yaml': `${GLOBAL}DnsRecords:\n${text}` })
}

test("A file like HAnoProxY's own sample is translated", (t) => {
  const path = resolve('test/import/hanoproxy/hanoproxy.yaml')
  const { variables, text } = importAt(path)
  t.match(variables, {
    DNS_HOST: '0.0.0.0',
    DNS_PORT: '53',
    DNS_ZONE: 'ha.local',
    DNS_TTL: '10',
    DNS_FORWARDERS: '1.1.1.1',
    DNS_ALLOW_RECURSION: /^127\.0\.0\.0\/8, ::1, 10\.0\.0\.0\/8, /,
    DNS_RECORD_1_NAME: 'www',
    DNS_RECORD_1_TARGET_GROUP: 'www',
    TARGET_GROUP_1_NAME: 'www',
    TARGET_GROUP_1_TARGETS: '10.1.1.1, https://10.1.1.2',
    TARGET_GROUP_1_ALGORITHM: 'ROUND_ROBIN',
    TARGET_GROUP_1_ALL_DOWN: 'all',
    TARGET_GROUP_1_HEALTH_CHECK: 'http',
    TARGET_GROUP_1_HEALTH_INTERVAL: '60000',
    TARGET_GROUP_1_HEALTH_RISE: '1',
    TARGET_GROUP_1_HEALTH_FALL: '2',
    TARGET_GROUP_1_HEALTH_PATH: '/',
    TARGET_GROUP_1_HEALTH_STATUS: '200',
    TARGET_GROUP_1_HEALTH_SERVER_NAME: 'www.example.com',
    TARGET_GROUP_2_ALGORITHM: 'SEQUENTIAL',
    TARGET_GROUP_2_TARGETS: '10.1.1.1, 10.1.1.2',
    TARGET_GROUP_2_HEALTH_HOST: 'portal.example.com',
    TARGET_GROUP_2_HEALTH_PATH: '/health?deep=1',
    TARGET_GROUP_3_TARGETS: '10.10.10.1:5432, 10.10.10.2:5432',
    TARGET_GROUP_3_POSTGRES_ROLE: 'primary',
    TARGET_GROUP_3_POSTGRES_USER: 'postgres',
    TARGET_GROUP_3_POSTGRES_PASSWORD: "it's a #secret",
    TARGET_GROUP_3_POSTGRES_DATABASE: 'postgres',
    TARGET_GROUP_4_SOURCE: 'redis-sentinel:mymaster',
    TARGET_GROUP_4_REDIS_SENTINELS: '192.168.3.5:26379, 192.168.3.6:26379',
    TARGET_GROUP_4_REDIS_SENTINEL_PASSWORD: 'auth_pass',
    TARGET_GROUP_5_TARGETS: '10.20.30.1:143, 10.20.30.2:143',
    TARGET_GROUP_5_HEALTH_CHECK: 'tcp',
    TARGET_GROUP_5_HEALTH_TIMEOUT: '1000',
    TARGET_GROUP_6_TARGETS: '10.10.1.1, 10.10.1.2',
    TARGET_GROUP_6_HEALTH_CHECK: 'none',
    DNS_RECORD_6_NAME: 'blog',
  })
  t.notOk('TARGET_GROUP_7_NAME' in variables, 'there is no record for every other name')
  for (const advice of ['RFC 6762', 'TARGET_GROUP_3_POSTGRES_PASSWORD_FILE', 'as was meant'])
    t.match(text, advice)
  t.end()
})

test('What of the sample cannot be expressed is reported', (t) => {
  const path = resolve('test/import/hanoproxy/hanoproxy.yaml')
  const { code, losses } = importAt(path)
  t.equal(code, 2)
  t.match(losses, [
    /^hanoproxy\.yaml:23:9: DnsRecords\[0\]\.Ip\[1\]\.Url: is asked of 10\.1\.1\.2 under its own name/,
    /^hanoproxy\.yaml:63:5: DnsRecords\[3\]\.Ip: left out: the sentinels tell the address$/,
    /^hanoproxy\.yaml:95:5: DnsRecords\[6\]: the record is left out$/,
    /^hanoproxy\.yaml:95:5: DnsRecords\[6\]\.Name: is empty/,
  ])
  t.equal(losses.length, 4)
  t.end()
})

const GLOBAL_OPTIONS: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] =
  [
    ['TTL: "30"', { DNS_TTL: '30' }],
    ['ttl: 5', { DNS_TTL: '5' }],
    ['ListenIP: "::1"', { DNS_HOST: '::1' }],
    ['LISTENPORT: 1053', { DNS_PORT: '1053' }],
    ['UpStreamDnsServer: ""', { DNS_FORWARDERS: undefined }],
    ['EnableRecursiveDnsServer: "false"', { DNS_FORWARDERS: undefined }],
    [
      'EnableRecursiveDnsServer: true\n  UpStreamDnsServer: 2606::1',
      { DNS_FORWARDERS: '[2606::1]' },
    ],
  ]

test('Global options are translated, in whatever case their keys are', (t) => {
  for (const [lines, expected] of GLOBAL_OPTIONS) {
    const text = `globaloptions:\n  hadomain: HA.Internal.\n  ${lines}\n`
    const imported = withGlobal(t, text)
    const { code, losses, variables } = imported
    t.same([code, losses], [0, []], lines)
    t.equal(configOf(imported).dns?.zone, 'ha.internal', lines)
    t.match(variables, { DNS_ZONE: 'ha.internal', ...expected }, lines)
  }
  t.end()
})

test('Without a TTL answers are kept for an hour, as there', (t) => {
  const { variables, text } = withGlobal(t, 'GlobalOptions: {HADomain: ha.internal}')
  t.equal(variables.DNS_TTL, '3600')
  t.match(text, 'keep a dead address as long')
  t.end()
})

const UNTRANSLATED_OPTIONS = [
  ['UpdateInterval: 0', 'UpdateInterval: 0 is without a pause'],
  ['UpdateInterval: often', 'UpdateInterval: must be a number'],
  ['EnableRecursiveDnsServer: true', 'UpStreamDnsServer: is missing'],
  ['EnableRecursiveDnsServer: perhaps', 'EnableRecursiveDnsServer: must be true or false'],
  ['UpStreamDnsServer: 1.1.1.1', 'UpStreamDnsServer: means nothing while EnableRecursive'],
  ['UpdateIntervall: 5', 'UpdateIntervall: is no known key; did you mean UpdateInterval?'],
  ['hadomain: other', 'hadomain: stands here for the second time'],
  ['TTL: [1]', 'TTL: must be a text'],
] as const

test('Global options that cannot be expressed are reported', (t) => {
  for (const [line, expected] of UNTRANSLATED_OPTIONS) {
    const text = `GlobalOptions:\n  HADomain: ha.internal\n  ${line}\n`
    const imported = withGlobal(t, text)
    const { code, losses, variables } = imported
    t.equal(code, 2, line)
    t.ok(configOf(imported).dns, line)
    t.equal(losses.length, 1, losses.join('\n'))
    t.match(losses[0], `GlobalOptions.${expected}`)
    t.match(losses[0], /^hanoproxy\.yaml:[123]:\d+: /)
    t.equal(variables.DNS_ZONE, 'ha.internal', line)
  }
  t.end()
})

function record(type: string, options: string, addresses: string, more = ''): string {
  return `  - Name: x\n    ServiceType: ${type}\n    Options: {CheckForHealth: true${options}}\n    Ip: [${addresses}]\n${more}`
}

const LOGINS =
  '{Addr: 10.0.0.1, Port: 5432, UserName: u, Password: p}, {Addr: 10.0.0.2, Port: 5432, UserName: u, Password: p}'
const TWO = '{Addr: 10.0.0.1, Port: 143}, {Addr: 10.0.0.2, port: "143"}'
const ASKED =
  '{Addr: 10.0.0.1, Url: "http://10.0.0.1:8080/a?b"}, {Addr: "fd00::2", Url: "https://[fd00::2]/a?b"}'
const OK = ', Expected_Response_Code: 204'

/** Records of which everything is said, and some of what is said of their groups. */
const RECORDS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [record('tcp', ', RetryCount: "3"', TWO), { HEALTH_FALL: '4', HEALTH_INTERVAL: '5000' }],
  [record('tcp', ', LBmethod: roundrobin', TWO), { ALGORITHM: 'ROUND_ROBIN' }],
  [record('tcp', ', LBmethod: Active-Passive', TWO), { ALGORITHM: 'ROUND_ROBIN' }],
  [record('tcp', ', lbMETHOD: active-passive', TWO), { ALGORITHM: 'SEQUENTIAL' }],
  [
    record('http', `${OK}, HttpMethod: GET`, ASKED),
    {
      TARGETS: '10.0.0.1:8080, https://[fd00::2]',
      HEALTH_PATH: '/a?b',
      HEALTH_STATUS: '204',
      ALL_DOWN: 'all',
    },
  ],
  [
    record(
      'http',
      OK,
      '{Addr: 10.0.0.1, Url: "https://a.example:8443"}, {Addr: 10.0.0.2, Url: "https://a.example:8443"}',
    ),
    {
      TARGETS: 'https://10.0.0.1:8443, https://10.0.0.2:8443',
      HEALTH_HOST: 'a.example:8443',
      HEALTH_SERVER_NAME: 'a.example',
    },
  ],
  [
    record('http', OK, '{Addr: web.example, Url: "http://web.example/"}'),
    { TARGETS: 'web.example', HEALTH_PATH: '/' },
  ],
  [
    record('postgres', ', SlaveOnly: true, DbName: app', LOGINS),
    { POSTGRES_ROLE: 'replica', POSTGRES_DATABASE: 'app', POSTGRES_USER: 'u', HEALTH_FALL: '1' },
  ],
  [
    record('postgres', ', MasterOnly: "true"', '{Addr: 10.0.0.1, UserName: u}'),
    { POSTGRES_ROLE: 'primary', POSTGRES_DATABASE: 'u', TARGETS: '10.0.0.1:5432' },
  ],
  [record('postgres', '', LOGINS), { ALL_DOWN: 'all', TARGETS: '10.0.0.1:5432, 10.0.0.2:5432' }],
  ['  - {Name: A.b, Ip: [{Addr: 10.0.0.1}]}\n', { NAME: 'a.b', HEALTH_CHECK: 'none' }],
  ['  - {Name: x, ServiceType: http, Ip: [{Addr: 10.0.0.1}]}\n', { HEALTH_CHECK: 'none' }],
]

test('Records are translated', (t) => {
  for (const [text, expected] of RECORDS) {
    const imported = withRecord(t, text)
    t.same([imported.code, imported.losses], [0, []], text)
    t.match(groupOf(imported), expected, text)
    t.equal(configOf(imported).dns?.records.length, 1, text)
  }
  t.end()
})

test('Sentinels are the source of a group', (t) => {
  const options = ', SentinelMonitorMasterName: m'
  const sentinels = '    Sentinels: [{Addr: "::1", Port: 26379}]\n'
  const imported = withRecord(t, record('sentinel', options, '', sentinels))
  t.same([imported.code, imported.losses], [0, []])
  const expected = { SOURCE: 'redis-sentinel:m', REDIS_SENTINELS: '[::1]:26379' }
  t.match(groupOf(imported), expected)
  t.end()
})

test('What a record means is what the program reads', (t) => {
  const text = record(
    'postgres',
    ', MasterOnly: true, DbName: app, LBmethod: active-passive',
    LOGINS,
  )
  const { dns, groups, proxy } = configOf(withRecord(t, text))
  t.match(dns, {
    zone: 'ha.internal',
    ttlSeconds: 10,
    records: [{ name: 'x.ha.internal', targetGroup: 'x', answers: 1 }],
  })
  t.match(groups, [
    {
      settings: { algorithm: 'SEQUENTIAL', failback: true, rise: 1, fall: 1 },
      targets: [
        { host: '10.0.0.1', port: 5432 },
        { host: '10.0.0.2', port: 5432 },
      ],
      healthCheck: {
        kind: 'postgres',
        intervalMs: 5000,
        role: 'primary',
        login: { user: 'u', password: 'p', database: 'app' },
      },
    },
  ])
  t.equal(proxy, undefined)
  t.end()
})

/** What is left out of records that are translated. */
const UNTRANSLATED: readonly (readonly [string, string])[] = [
  [record('http', '', ASKED), '8:5: DnsRecords[0].Options.Expected_Response_Code: is missing'],
  [record('http', `${OK}, HttpMethod: POST`, ASKED), '.HttpMethod: is never used there'],
  [
    record('http', `${OK}, DbName: x`, ASKED),
    '.DbName: means nothing to a record of ServiceType "http"',
  ],
  [record('http', OK, `${ASKED}, {Addr: 10.0.0.3}`), '.Ip[2].Url: is missing'],
  [record('http', OK, `${ASKED}, {Addr: 10.0.0.3, Url: 10.0.0.3}`), '.Ip[2].Url: must begin with'],
  [
    record('http', OK, `${ASKED}, {Addr: 10.0.0.3, Url: "http://10.0.0.3/"}`),
    '.Ip[2].Url: is asked for /a?b',
  ],
  [
    record('http', OK, '{Addr: 10.0.0.3, Url: "http://10.9.9.9/"}'),
    '.Ip[0].Url: is asked of 10.0.0.3 itself',
  ],
  [
    record('http', OK, '{Addr: 10.0.0.3, Url: "http://u:hidden@10.0.0.3/"}'),
    '.Ip[0].Url: has a user name or a password',
  ],
  [record('tcp', '', `${TWO}, {Addr: 10.0.0.3}`), '.Ip[2].Port: is missing'],
  [record('tcp', '', '{Addr: 10.0.0.3, Port: 1}, {Port: 1}'), '.Ip[1].Addr: is missing'],
  [record('tcp', '', '{Addr: 10.0.0.3, Port: 1, Url: "http://x"}'), '.Ip[0].Url: means nothing'],
  [
    record('tcp', '', '{Addr: 10.0.0.3, Port: 1}, {Addr: 10.0.0.3, Port: 1}'),
    '.Ip[1].Addr: stands here',
  ],
  [
    record('tcp', '', '{Addr: 10.0.0.3, Port: 1}, {Addr: "a b", Port: 1}'),
    '.Ip[1].Addr: is no target: its host',
  ],
  [record('tcp', ', RetryCount: -1', '{Addr: 10.0.0.3, Port: 1}'), '.RetryCount: must be a number'],
  [
    record('ICMP', '', '{Addr: 10.0.0.3}'),
    '.ServiceType: is none of http, tcp, postgres, sentinel',
  ],
  [record('postgres', ', RetryCount: 2', LOGINS), '.RetryCount: means nothing'],
  [
    record('postgres', '', LOGINS.replace('Password: p}, ', 'Password: hidden}, ')),
    '.Ip[1].Password: is another than',
  ],
  [
    record('postgres', ', MasterOnly: true, SlaveOnly: true', LOGINS),
    '.SlaveOnly: no server is right',
  ],
  [
    '  - {Name: x, Options: {RetryCount: 2}, Ip: [{Addr: 10.0.0.1}]}\n',
    '.RetryCount: means nothing while',
  ],
  ['  - {Name: x, TTL: 5, Ip: [{Addr: 10.0.0.1}]}\n', '[0].TTL: is no known key'],
]

test('What of a record cannot be expressed is reported, and the rest is translated', (t) => {
  for (const [text, expected] of UNTRANSLATED) {
    const imported = withRecord(t, text)
    const { code, losses, variables } = imported
    t.equal(code, 2, text)
    t.equal(losses.length, 1, losses.join('\n'))
    t.equal(configOf(imported).dns?.records.length, 1, text)
    t.ok(losses[0]?.includes(expected), `${losses[0] ?? ''}\n${expected}`)
    t.notMatch(losses.join(''), 'hidden', 'no secret is shown')
    t.ok(variables.DNS_RECORD_1_NAME, text)
  }
  t.end()
})

/** Records that are left out as a whole. */
const LEFT_OUT: readonly (readonly [string, string])[] = [
  ['  - {Ip: [{Addr: 10.0.0.1}]}\n', '[0].Name: is empty'],
  ['  - {Name: x}\n', '[0].Ip: has no address'],
  [record('tcp', '', '{Addr: 10.0.0.3}'), '[0].Ip: has no address'],
  [
    record('sentinel', '', '', '    Sentinels: [{Addr: a, Port: 1}]\n'),
    '.SentinelMonitorMasterName: is missing',
  ],
  [record('sentinel', ', SentinelMonitorMasterName: m', ''), '[0].Sentinels: is missing'],
  [record('postgres', '', '{Addr: 10.0.0.3}'), '[0].Ip[0].UserName: is missing'],
  ['  - www\n', '[0]: must be keys and values'],
]

test('A record that leads nowhere is left out', (t) => {
  for (const [text, expected] of LEFT_OUT) {
    const { code, losses, variables } = withRecord(t, text)
    t.equal(code, 2, text)
    t.ok(
      losses.some((line) => line.includes(expected)),
      losses.join('\n'),
    )
    t.notOk('DNS_RECORD_1_NAME' in variables, text)
  }
  t.end()
})

test('Of two records with one name the first counts', (t) => {
  const two = '  - {Name: x, Ip: [{Addr: 10.0.0.1}]}\n  - {Name: X, Ip: [{Addr: 10.0.0.2}]}\n'
  const { losses, variables } = withRecord(t, two)
  t.match(
    losses[1],
    /^hanoproxy\.yaml:7:6: DnsRecords\[1\]\.Name: is the name of the record in line 6/,
  )
  t.equal(variables.TARGET_GROUP_1_TARGETS, '10.0.0.1')
  t.notOk('TARGET_GROUP_2_NAME' in variables)
  t.end()
})

test('Without a zone there is nothing to translate', (t) => {
  for (const text of [
    'DnsRecords: []',
    'GlobalOptions: {TTL: 5}',
    'GlobalOptions: {HADomain: "."}',
  ]) {
    const { code, losses, text: printed } = withGlobal(t, text)
    t.equal(code, 1, text)
    t.equal(printed, '')
    t.match(losses.at(-1), /^hanoproxy\.yaml: GlobalOptions(\.HADomain)? is missing/)
  }
  t.end()
})

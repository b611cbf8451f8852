import { test } from 'tap'
import { importing } from './importing.js'

test('Aliases and merged maps are followed', (t) => {
  const text = `GlobalOptions: {HADomain: ha.internal, TTL: 10}
DnsRecords:
  - Name: a
    Options: &options {CheckForHealth: yes, RetryCount: 1}
    ServiceType: tcp
    Ip: &ip
      - &one {Addr: &address 10.0.0.1, Port: 80}
  - Name: b
    ServiceType: tcp
    Options: {<<: *options, RetryCount: 4}
    Ip: [{<<: *one, Port: 81}, {<<: [{Port: 82}, *one]}]
  - {Name: c, Ip: [{Addr: *address}]}
  - {Name: d, Ip: *ip}
`
  const { code, losses, variables } = importing(t, { 'hanoproxy.yaml': text })
  t.match(losses, [
    'hanoproxy.yaml:7:40: DnsRecords[3].Ip[0].Port: means nothing while CheckForHealth is not true',
  ])
  t.equal(code, 2)
  t.match(variables, {
    TARGET_GROUP_1_HEALTH_FALL: '2',
    TARGET_GROUP_2_HEALTH_FALL: '5',
    TARGET_GROUP_2_TARGETS: '10.0.0.1:81, 10.0.0.1:82',
    TARGET_GROUP_3_TARGETS: '10.0.0.1',
    TARGET_GROUP_4_TARGETS: '10.0.0.1',
  })
  t.end()
})

/** Files that are no configuration, and what is said of them. */
const BAD = [
  ['a: [1', /^hanoproxy\.yaml:1:6: no valid YAML: Flow sequence/],
  [
    'GlobalOptions: {}\nGlobalOptions: {}',
    /^hanoproxy\.yaml:2:1: no valid YAML: Map keys must be unique/,
  ],
  [
    'GlobalOptions: *nothing',
    /^hanoproxy\.yaml:1:16: no valid YAML: Unresolved alias|Nothing is called &nothing/,
  ],
  [
    'GlobalOptions: &a {<<: *a}',
    /^hanoproxy\.yaml:1:\d+: no valid YAML: A map is merged into itself/,
  ],
  [
    'GlobalOptions: !!python/object:os.system {}',
    /^hanoproxy\.yaml:1:16: no valid YAML: Unresolved tag/,
  ],
  ['---\na: 1\n---\nb: 2', /^hanoproxy\.yaml:3:1: no valid YAML: .*multiple documents/],
  ['\tGlobalOptions: {}', /^hanoproxy\.yaml:1:1: no valid YAML: Tabs/],
  [
    '- GlobalOptions',
    /^hanoproxy\.yaml: is neither a hanoproxy\.yaml nor the main file of Redirector$/,
  ],
  ['version: 3\nservices: {}', /^hanoproxy\.yaml: is neither/],
  ['42', /^hanoproxy\.yaml: is neither/],
  [
    'name: x\nlocal_host: y',
    /^hanoproxy\.yaml: is a balancer file of Redirector; name the main file/,
  ],
  ['', /^lb_configs: the balancer files of lb_configs_dir are missing: it cannot be read \(ENOENT/],
  ['log_level: INFO', /^lb_configs: the balancer files of lb_configs_dir are missing/],
] as const

test('A file that is no configuration is refused, with the place and the reason', (t) => {
  for (const [text, expected] of BAD) {
    const { code, losses, text: printed } = importing(t, { 'hanoproxy.yaml': text })
    t.equal(code, 1, text)
    t.equal(printed, '', 'nothing is printed')
    t.equal(losses.length, 1, text)
    t.match(losses[0], expected)
  }
  t.end()
})

test('A balancer file that is no YAML ends it, too', (t) => {
  const { code, losses } = importing(t, { 'config.yml': '', 'lb_configs/a.yml': 'a: [' })
  t.equal(code, 1)
  t.match(losses, [/^lb_configs\/a\.yml:1:5: no valid YAML/])
  t.end()
})

test('A list that is its own item ends', (t) => {
  const text = 'GlobalOptions: {HADomain: ha.internal, TTL: 1}\nDnsRecords: &a [*a]'
  const { code, losses } = importing(t, { 'hanoproxy.yaml': text })
  t.equal(code, 2)
  t.match(losses, [/DnsRecords\[0\]: must be keys and values/])
  t.end()
})

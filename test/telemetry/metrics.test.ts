import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import { exposition } from '../../src/telemetry/exposition.js'
import { METRICS } from '../../src/telemetry/metrics.js'
import type { Observed, ObservedGateway, ObservedHosts } from '../../src/telemetry/observed.js'
import { ServiceTotals } from '../../src/telemetry/service-totals.js'
import { Traffic } from '../../src/telemetry/traffic.js'
import { ManualClock } from '../support/clock.js'
import { targetNamed } from '../support/groups.js'

const A = targetNamed('a')
const B = targetNamed('b')

function askNames({ dns }: Traffic): void {
  dns.counter('queries', 'udp', 'A', 'NOERROR').count += 3
  dns.counter('ignored', 'udp').count++
  dns.counter('receivedBytes', 'udp').count += 90
  dns.counter('sentBytes', 'udp').count += 140
  dns.counter('answers', 'www.ha.test', 'web "1"', A.id).count += 3
  dns.counter('refusedConnections', 'client').count++
  dns.counter('forwarded', '10.0.0.2:53', 'noerror').count += 4
  dns.counter('ignoredResponses', '10.0.0.2:53').count++
  dns.counter('cacheLookups', 'hit').count += 5
  dns.forwarding.took(0.02)
  dns.tcpConnections = 2
}

/** A name that a target was chosen for, one that an earlier run has left, and one that has no address yet. */
const HOSTS: ObservedHosts = {
  file: '/etc/hosts',
  way: 'replaced',
  failure: 'no room',
  rewrites: 3,
  repairs: 2,
  failures: 1,
  entries: [
    { name: 'db.internal', address: '10.0.0.1', target: 'http://10.0.0.1:80' },
    { name: 'old.internal', address: '10.0.0.2', target: undefined },
    { name: 'new.internal', address: undefined, target: undefined },
  ].map((entry) => ({ group: 'db', sinceMs: 0, reason: '', ...entry })),
}

/** An application that is served, one whose newest model is not, and a store that is lost. */
const GATEWAY: ObservedGateway = {
  store: {
    state: 'lost',
    ageMs: 2500,
    error: new PointsmanError('STORE_LOST', 'no room'),
  },
  discovery: { state: 'live', ageMs: 0, error: undefined },
  applications: [
    { name: 'shop', servedVersion: 7, refusedVersion: undefined },
    { name: 'tv', servedVersion: 2, refusedVersion: 3 },
    { name: 'new', servedVersion: undefined, refusedVersion: 0 },
  ].map((application) => ({ servedSinceMs: 0, problems: [], hosts: 'live', ...application })),
}

/** A service in which everything that can be counted was. */
function busyService(): Observed & { close(): void } {
  const groups = [
    {
      name: 'web "1"',
      role: { name: 'master', exclusive: true },
      source: { ageMs: 1500 },
      targets: [
        { target: A, state: 'healthy', serves: true, sinceMs: 0, reason: '' },
        { target: B, state: 'unhealthy', serves: false, sinceMs: 0, reason: 'status 500' },
      ],
    },
    { name: 'new', role: undefined, source: { ageMs: undefined }, targets: [] },
  ] as const
  const totals = new ServiceTotals({ clock: new ManualClock(), groups: () => groups })
  const traffic = new Traffic()
  const [group] = groups
  for (const { target } of group.targets) {
    const there = traffic.ofTarget(group.name, target.id)
    there.began()
    there.began()
    there.ended(0.2, target === A ? 200 : 'CONNECT_REFUSED', 100, 1000)
    totals.changed(group.name, target.id, 'ejected')
  }
  const rule = traffic.ofRule(1, group.name)
  rule.answered(200)
  rule.error('RESPONSE_STALLED')
  rule.retried(1)
  rule.queued(0.5)
  rule.moved(100, 1000)
  rule.took(0.3)
  traffic.ofRule(0, '').answered(404)
  askNames(traffic)
  traffic.gateway.add(['shop', 'rule', '302'], 4)
  traffic.gateway.add(['', 'none', '404'], 1)
  const report = traffic.take()
  if (report) totals.seen('primary', report)
  totals.checked(group.name, true, 0.01)
  return {
    version: '1.2.3',
    startedAtMs: 1500,
    groups,
    hosts: HOSTS,
    gateway: GATEWAY,
    totals,
    close: () => totals.close(),
  }
}

function linesOf(observed: Observed): readonly string[] {
  return [...exposition(METRICS, observed)].join('').split('\n')
}

const EXPECTED = [
  'pointsman_gateway_answers_total{application="shop",by="rule",status="302"} 4',
  'pointsman_gateway_answers_total{application="",by="none",status="404"} 1',
  'pointsman_gateway_model_version{application="shop"} 7',
  'pointsman_gateway_model_version{application="tv"} 2',
  'pointsman_gateway_model_refused{application="shop"} 0',
  'pointsman_gateway_model_refused{application="tv"} 1',
  'pointsman_gateway_model_refused{application="new"} 1',
  'pointsman_gateway_model_store_age_seconds 2.5',
  'pointsman_gateway_discovery_age_seconds 0',
  'pointsman_requests_total{rule="1",group="web \\"1\\"",status="2xx"} 1',
  'pointsman_requests_total{rule="1",group="web \\"1\\"",status="5xx"} 0',
  'pointsman_requests_total{rule="",group="",status="4xx"} 1',
  'pointsman_request_duration_seconds_sum{rule="1",group="web \\"1\\""} 0.3',
  'pointsman_errors_total{rule="1",group="web \\"1\\"",code="RESPONSE_STALLED"} 1',
  'pointsman_request_bytes_total{rule="1",group="web \\"1\\""} 100',
  'pointsman_response_bytes_total{rule="1",group="web \\"1\\""} 1000',
  'pointsman_retries_total{rule="1",group="web \\"1\\""} 1',
  'pointsman_queued_requests_total{rule="1",group="web \\"1\\""} 1',
  'pointsman_queue_wait_seconds_total{rule="1",group="web \\"1\\""} 0.5',
  'pointsman_target_requests_total{group="web \\"1\\"",target="http://a:80",status="2xx"} 1',
  'pointsman_target_requests_total{group="web \\"1\\"",target="http://b:80",status="failed"} 1',
  'pointsman_target_requests_total{group="web \\"1\\"",target="http://b:80",status="2xx"} 0',
  'pointsman_target_requests_in_flight{group="web \\"1\\"",target="http://a:80"} 1',
  'pointsman_target_response_time_seconds_count{group="web \\"1\\"",target="http://a:80"} 1',
  'pointsman_target_errors_total{group="web \\"1\\"",target="http://b:80",code="CONNECT_REFUSED"} 1',
  'pointsman_target_request_bytes_total{group="web \\"1\\"",target="http://a:80"} 100',
  'pointsman_target_response_bytes_total{group="web \\"1\\"",target="http://a:80"} 1000',
  'pointsman_target_state{group="web \\"1\\"",target="http://a:80",state="healthy"} 1',
  'pointsman_target_state{group="web \\"1\\"",target="http://b:80",state="unhealthy"} 1',
  'pointsman_target_transitions_total{group="web \\"1\\"",target="http://a:80",state="ejected"} 1',
  'pointsman_group_targets{group="web \\"1\\""} 2',
  'pointsman_group_targets{group="new"} 0',
  'pointsman_group_serving_targets{group="web \\"1\\""} 1',
  'pointsman_group_role_claims{group="web \\"1\\"",role="master"} 1',
  'pointsman_check_duration_seconds_count{group="web \\"1\\"",result="passed"} 1',
  'pointsman_check_duration_seconds_count{group="web \\"1\\"",result="failed"} 0',
  'pointsman_source_age_seconds{group="web \\"1\\""} 1.5',
  'pointsman_dns_queries_total{transport="udp",type="A",rcode="NOERROR"} 3',
  'pointsman_dns_ignored_total{transport="udp"} 1',
  'pointsman_dns_received_bytes_total{transport="udp"} 90',
  'pointsman_dns_sent_bytes_total{transport="udp"} 140',
  'pointsman_dns_answers_total{name="www.ha.test",group="web \\"1\\"",target="http://a:80"} 3',
  'pointsman_dns_refused_connections_total{reason="client"} 1',
  'pointsman_dns_forwarded_queries_total{forwarder="10.0.0.2:53",outcome="noerror"} 4',
  'pointsman_dns_ignored_responses_total{forwarder="10.0.0.2:53"} 1',
  'pointsman_dns_cache_lookups_total{result="hit"} 5',
  'pointsman_dns_forwarding_duration_seconds_sum 0.02',
  'pointsman_dns_tcp_connections 2',
  'pointsman_hosts_entry_info{name="db.internal",group="db",address="10.0.0.1",target="http://10.0.0.1:80"} 1',
  'pointsman_hosts_entry_info{name="old.internal",group="db",address="10.0.0.2",target=""} 1',
  'pointsman_hosts_file_in_force 0',
  'pointsman_hosts_rewrites_total 3',
  'pointsman_hosts_repairs_total 2',
  'pointsman_hosts_failures_total 1',
  `pointsman_build_info{version="1.2.3",node="${process.version}"} 1`,
  'pointsman_start_time_seconds 1.5',
]

test('each metric tells what was counted', (t) => {
  const service = busyService()
  t.teardown(() => service.close())
  const lines = linesOf(service)
  for (const line of EXPECTED) t.ok(lines.includes(line), line)
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
  for (const { name } of METRICS)
    t.ok(
      samples.some((line) => new RegExp(`^${name}(_count)?[ {]`).test(line)),
      `${name} has samples`,
    )
  t.notOk(
    samples.some((line) => line.startsWith('pointsman_source_age_seconds{group="new"}')),
    'nothing is said of a source before its first list',
  )
  t.notOk(
    samples.some((line) => line.includes('new.internal')),
    'nor of a name without an address',
  )
  t.end()
})

test('a target that was never tried has a state, and no counts', (t) => {
  const groups = [
    {
      name: 'web',
      role: undefined,
      source: { ageMs: 0 },
      targets: [{ target: A, state: 'healthy', serves: true, sinceMs: 0, reason: '' }],
    },
  ] as const
  const totals = new ServiceTotals({ clock: new ManualClock(), groups: () => groups })
  t.teardown(() => totals.close())
  totals.changed('web', A.id, 'healthy')
  const lines = linesOf({
    version: '1',
    startedAtMs: 0,
    groups,
    hosts: undefined,
    gateway: undefined,
    totals,
  })
  const named = lines.filter((line) => line.includes(A.id)).map((line) => line.split('{')[0])
  t.same(named, ['pointsman_target_state', 'pointsman_target_transitions_total'])
  t.end()
})

test('names keep to one form, and to the units of Prometheus', (t) => {
  for (const { name, type, labels } of METRICS) {
    t.match(name, /^pointsman_[a-z_]+$/)
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.notMatch(name, /_(ms|milliseconds|minutes|kb|kib|mb|percent)(_|$)/)
    if (type === 'histogram') t.match(name, /_seconds$/)
    t.notOk(labels.includes('le'), name)
  }
  t.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length)
  t.end()
})

const PROMTOOL_MISSING = spawnSync('promtool', ['--version']).error !== undefined

test('promtool finds nothing wrong', { skip: PROMTOOL_MISSING && 'no promtool here' }, (t) => {
  const service = busyService()
  t.teardown(() => service.close())
  const input = linesOf(service).join('\n')
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  })
  t.equal(`${stdout}${stderr}`, '')
  t.equal(status, 0)
  t.end()
})

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

test('the manual says of each metric what the program knows of it, and of no other', (t) => {
  const rows = textOf('docs/metrics.md')
    .split('\n')
    .filter((line) => line.startsWith('| `pointsman_'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const expected = METRICS.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ])
  t.same(rows, expected)
  t.end()
})

/** What Prometheus adds to every series. */
const SCRAPE_LABELS = new Set(['job', 'instance'])

test('the dashboard asks for metrics and labels that exist', (t) => {
  const dashboard = textOf('docs/grafana-dashboard.json')
  const names = new Map<string, readonly string[]>()
  for (const { name, type, labels } of METRICS) {
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const suffix of suffixes)
      names.set(`${name}${suffix}`, suffix === '_bucket' ? [...labels, 'le'] : labels)
  }
  const asked = [...dashboard.matchAll(/(pointsman_\w+)(?:\{([^}]*)\})?/g)]
  t.ok(asked.length > 20)
  for (const [, name = '', selector = ''] of asked) {
    const labels = names.get(name)
    t.ok(labels, name)
    for (const [, label = ''] of selector.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g))
      t.ok(labels?.includes(label) || SCRAPE_LABELS.has(label), `${name}: ${label}`)
  }
  for (const [, clause = ''] of dashboard.matchAll(/ by \(([^)]*)\)/g))
    for (const label of clause.split(',').map((each) => each.trim()))
      t.ok([...names.values()].flat().includes(label), `by ${label}`)
  t.end()
})

/** The queries of the dashboard, and those of the manual. */
function queries(): readonly string[] {
  const found = [...textOf('docs/grafana-dashboard.json').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)]
  const ofDashboard = found.map(([, text = '']) => JSON.parse(text) as string) // JSON of a string.
  const [, block = ''] = /```promql\n(.*?)```/s.exec(textOf('docs/metrics.md')) ?? []
  const ofManual = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return [...ofDashboard, ...ofManual]
}

test('promtool understands every query', { skip: PROMTOOL_MISSING && 'no promtool here' }, (t) => {
  const rules = queries().map((query, at) => ({
    record: `query_${at}`,
    expr: query.replaceAll('$__rate_interval', '1m'),
  }))
  t.ok(rules.length > 30)
  const file = join(t.testdir(), 'rules.yaml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }))
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.end()
})

import { test } from 'tap'
import { statusOf } from '../../src/manage/status.js'
import { FakeService } from './managed-service.js'

test('the status says what an operator has to know, of the last ten seconds', (t) => {
  const service = new FakeService(t)
  service.beBusy()
  const status = statusOf(service, service.startedAtMs + 90_000)
  t.match(status, {
    at: '2026-01-01T12:01:30.000Z',
    version: '1.2.3',
    process: { host: 'lb-1.internal', pid: 4711 },
    phase: 'serving',
    obstacles: [],
    uptimeSeconds: 90,
  })
  const [web, db] = status.groups
  t.match(web, {
    name: 'web',
    algorithm: 'ROUND_ROBIN',
    role: null,
    source: { kind: 'static', state: 'live', ageSeconds: 0, reason: '' },
    requestsPerSecond: 11,
    errorsPerSecond: 1,
    inFlight: 1,
  })
  t.same(web?.targets, [
    {
      id: 'http://10.0.0.1:80',
      address: '10.0.0.1:80',
      weight: 3,
      state: 'healthy',
      serves: true,
      since: '2026-01-01T12:00:00.000Z',
      reason: 'first check passed',
      override: null,
      requestsPerSecond: 10,
      errorsPerSecond: 0,
      p50Ms: 9,
      p99Ms: 9.98,
      inFlight: 1,
    },
    {
      id: 'http://10.0.0.2:80',
      address: '10.0.0.2:80',
      weight: 1,
      state: 'unhealthy',
      serves: false,
      since: '2026-01-01T12:00:00.000Z',
      reason: '3 checks failed',
      override: null,
      requestsPerSecond: 1,
      errorsPerSecond: 1,
      p50Ms: 1.75,
      p99Ms: 2,
      inFlight: 0,
    },
  ])
  t.match(db, {
    role: 'primary',
    source: { kind: 'dns', state: 'lost', ageSeconds: 2.5, reason: 'db.internal: no such name' },
    requestsPerSecond: 0,
    p50Ms: null,
    p99Ms: null,
    inFlight: 0,
    targets: [],
  })
  t.end()
})

test('what a client broke off is no error', (t) => {
  const service = new FakeService(t)
  const rule = service.totals.group('web').recent
  rule.broken('CLIENT_GONE')
  rule.broken('RESPONSE_STALLED')
  rule.answered(503)
  rule.answered(404)
  const [web] = statusOf(service, 0).groups
  t.match(web, { requestsPerSecond: 4, errorsPerSecond: 2 })
  t.end()
})

test('the hosts file is told of with its names, when there is one', (t) => {
  const service = new FakeService(t)
  t.equal(statusOf(service, 0).hosts, null)
  const sinceMs = service.startedAtMs
  service.hosts = {
    file: '/etc/hosts',
    way: undefined,
    failure: 'no room',
    rewrites: 0,
    repairs: 0,
    failures: 1,
    entries: [
      {
        name: 'db',
        group: 'db',
        address: '::1',
        target: 'http://[::1]:80',
        sinceMs,
        reason: 'why',
      },
      { name: 'new', group: 'db', address: undefined, target: undefined, sinceMs, reason: '' },
    ],
  }
  const since = '2026-01-01T12:00:00.000Z'
  t.same(statusOf(service, 0).hosts, {
    file: '/etc/hosts',
    inForce: false,
    reason: 'no room',
    way: null,
    entries: [
      { name: 'db', group: 'db', address: '::1', target: 'http://[::1]:80', since, reason: 'why' },
      { name: 'new', group: 'db', address: null, target: null, since, reason: '' },
    ],
  })
  service.hosts = { ...service.hosts, failure: undefined, way: 'replaced' }
  t.match(statusOf(service, 0).hosts, { inForce: true, reason: '', way: 'replaced' })
  t.end()
})

import { test } from 'tap'
import type { GroupView, StatusView, TargetView } from '../../../src/manage/status.js'
import { troublesOf } from '../../../web/src/screens/overview/attention.js'

const SINCE = '2026-01-01T12:00:00.000Z'
const QUIET = { requestsPerSecond: 0, errorsPerSecond: 0, p50Ms: null, p99Ms: null, inFlight: 0 }

function target(parts: Partial<TargetView>): TargetView {
  return {
    id: 'a',
    address: '10.0.0.1:80',
    weight: 1,
    state: 'healthy',
    serves: true,
    since: SINCE,
    reason: '',
    override: null,
    ...QUIET,
    ...parts,
  }
}

function group(parts: Partial<GroupView>): GroupView {
  return {
    name: 'web',
    algorithm: 'ROUND_ROBIN',
    role: null,
    source: { kind: 'static', state: 'live', ageSeconds: 0, reason: '' },
    targets: [target({})],
    ...QUIET,
    ...parts,
  }
}

function status(parts: Partial<StatusView>): StatusView {
  return {
    at: SINCE,
    version: '1.2.3',
    process: { host: 'lb-1.internal', pid: 4711 },
    phase: 'serving',
    obstacles: [],
    uptimeSeconds: 1,
    groups: [group({})],
    hosts: null,
    gateway: null,
    ...parts,
  }
}

const LIVE = { state: 'live', ageSeconds: 0, reason: '' }
const APPLICATION = {
  name: 'shop',
  version: 14,
  since: SINCE,
  refusedVersion: null,
  problems: [],
  hosts: 'live',
}

test('What is not as it should be is told with its reason', (t) => {
  const down = target({ id: 'b', state: 'unhealthy', serves: false, reason: '3 checks failed' })
  const lost = { kind: 'dns', state: 'lost', ageSeconds: 132, reason: 'no such name' }
  const refused = {
    ...APPLICATION,
    refusedVersion: 15,
    problems: [{ code: 'R1', path: '/rules/0', message: 'no condition' }],
  }
  const hosts = { file: '/etc/hosts', inForce: false, reason: 'read-only', way: null, entries: [] }
  const cases: readonly (readonly [what: string, state: StatusView, expected: unknown])[] = [
    ['nothing', status({}), []],
    [
      'one of two targets is down',
      status({ groups: [group({ targets: [target({}), down] })] }),
      [
        {
          severity: 'warning',
          what: '10.0.0.1:80 of group web is unhealthy',
          why: '3 checks failed',
        },
      ],
    ],
    [
      'a target was taken out by an operator',
      status({
        groups: [group({ targets: [target({}), target({ state: 'disabled', serves: false })] })],
      }),
      [],
    ],
    [
      'a source is lost',
      status({ groups: [group({ source: lost })] }),
      [
        {
          severity: 'warning',
          what: 'The source of group web is lost for 2 min 12 s',
          why: 'no such name; its last list stays',
        },
      ],
    ],
    [
      'an application has a version that does not serve',
      status({ gateway: { store: LIVE, discovery: null, applications: [refused] } }),
      [
        {
          severity: 'warning',
          what: 'Version 15 of application shop is refused; version 14 stays',
          why: 'no condition (/rules/0)',
        },
      ],
    ],
    [
      'the hosts file cannot be written',
      status({ hosts }),
      [{ severity: 'bad', what: '/etc/hosts is not as it should be', why: 'read-only' }],
    ],
  ]
  for (const [what, state, expected] of cases) t.same(troublesOf(state), expected, what)
  t.end()
})

test('What leaves clients without an answer comes first', (t) => {
  const down = target({ state: 'unhealthy', serves: false, reason: 'connect refused' })
  const broken = { ...APPLICATION, version: null, since: null, refusedVersion: 1 }
  const troubles = troublesOf(
    status({
      obstacles: ['draining'],
      groups: [group({ targets: [down] })],
      gateway: {
        store: { state: 'lost', ageSeconds: 5, reason: 'refused' },
        discovery: null,
        applications: [broken],
      },
    }),
  )
  t.same(
    troubles.map(({ severity, what }) => `${severity}: ${what}`),
    [
      'bad: Clients should not be sent here now',
      'bad: Group web has no target that serves',
      'bad: Version 1 of application shop is refused; nothing serves in its place',
      'warning: 10.0.0.1:80 of group web is unhealthy',
      'warning: The store of models is lost for 5 s',
    ],
  )
  t.end()
})

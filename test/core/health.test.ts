import { test } from 'tap'
import { Health, type TargetState } from '../../src/core/health.js'

type Step =
  'pass' | 'fail' | 'eject' | 'readmit' | 'enable' | 'drain' | 'disable' | 'unwatch' | 'differ'

function act(health: Health, step: Step): void {
  const acts: Record<Step, () => void> = {
    pass: () => health.checkPassed(),
    fail: () => health.checkFailed('status 500'),
    eject: () => health.eject('5 requests failed: CONNECT_REFUSED'),
    readmit: () => health.readmit('ejection of 10 s is over'),
    enable: () => health.operate('enabled'),
    drain: () => health.operate('draining'),
    disable: () => health.operate('disabled'),
    unwatch: () => health.forgetChecks('checks were switched off'),
    differ: () => health.roleDiffered('role is replica, expected master'),
  }
  acts[step]()
}

const CASES: {
  readonly claim: string
  readonly steps: readonly Step[]
  readonly states: readonly TargetState[]
}[] = [
  { claim: 'the first check decides for the better', steps: ['pass'], states: ['healthy'] },
  { claim: 'the first check decides for the worse', steps: ['fail'], states: ['unhealthy'] },
  {
    claim: 'a healthy target falls with the third failure in a row',
    steps: ['pass', 'fail', 'fail', 'fail'],
    states: ['healthy', 'healthy', 'healthy', 'unhealthy'],
  },
  {
    claim: 'one that passes in between begins the count of failures anew',
    steps: ['pass', 'fail', 'fail', 'pass', 'fail', 'fail', 'fail'],
    states: ['healthy', 'healthy', 'healthy', 'healthy', 'healthy', 'healthy', 'unhealthy'],
  },
  {
    claim: 'an unhealthy target rises with the second pass in a row',
    steps: ['fail', 'pass', 'pass'],
    states: ['unhealthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'one that fails in between begins the count of passes anew',
    steps: ['fail', 'pass', 'fail', 'pass', 'pass'],
    states: ['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'failures counted before a fall do not count for the next',
    steps: ['pass', 'fail', 'fail', 'fail', 'pass', 'pass', 'fail', 'fail'],
    states: [
      'healthy',
      'healthy',
      'healthy',
      'unhealthy',
      'unhealthy',
      'healthy',
      'healthy',
      'healthy',
    ],
  },
  {
    claim: 'one failure is enough when it is of the role, and one pass when it was',
    steps: ['pass', 'differ', 'pass'],
    states: ['healthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'a first check that finds another role is made up for by one that does not',
    steps: ['differ', 'pass'],
    states: ['unhealthy', 'healthy'],
  },
  {
    claim: 'fewer failures than make a target fall leave it out for its role alone',
    steps: ['differ', 'fail', 'fail', 'pass'],
    states: ['unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'a target that fell while it had another role has to rise',
    steps: ['differ', 'fail', 'fail', 'fail', 'pass', 'pass'],
    states: ['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'one that is down and comes back in another role is out for its role alone',
    steps: ['fail', 'differ', 'pass'],
    states: ['unhealthy', 'unhealthy', 'healthy'],
  },
  {
    claim: 'the right role ends an ejection, as every recovery does',
    steps: ['pass', 'eject', 'differ', 'pass'],
    states: ['healthy', 'ejected', 'unhealthy', 'healthy'],
  },
  {
    claim: 'an unknown target can be ejected',
    steps: ['eject', 'readmit'],
    states: ['ejected', 'unknown'],
  },
  {
    claim: 'a pass does not end an ejection, and shows when it is over',
    steps: ['eject', 'pass', 'readmit'],
    states: ['ejected', 'ejected', 'healthy'],
  },
  {
    claim: 'unhealthy is graver than ejected',
    steps: ['eject', 'fail', 'readmit'],
    states: ['ejected', 'unhealthy', 'unhealthy'],
  },
  {
    claim: 'checks that find it healthy again end an ejection',
    steps: ['fail', 'eject', 'pass', 'pass', 'readmit'],
    states: ['unhealthy', 'unhealthy', 'unhealthy', 'healthy', 'healthy'],
  },
  {
    claim: 'a target that is checked no longer is unknown again',
    steps: ['fail', 'unwatch', 'fail'],
    states: ['unhealthy', 'unknown', 'unhealthy'],
  },
  {
    claim: 'ejected is graver than draining',
    steps: ['drain', 'eject', 'readmit'],
    states: ['draining', 'ejected', 'draining'],
  },
  {
    claim: 'unhealthy is graver than draining',
    steps: ['drain', 'fail', 'enable'],
    states: ['draining', 'unhealthy', 'unhealthy'],
  },
  {
    claim: 'disabled is graver than all, and checks go on behind it',
    steps: ['fail', 'disable', 'pass', 'pass', 'enable'],
    states: ['unhealthy', 'disabled', 'disabled', 'disabled', 'healthy'],
  },
]

for (const { claim, steps, states } of CASES) {
  test(claim, (t) => {
    const seen: TargetState[] = []
    const health = new Health({ rise: 2, fall: 3 }, (from, to) => {
      t.equal(from, seen.at(-1) ?? 'unknown', 'a transition begins where the last one ended')
      t.equal(to, health.state, 'a transition is visible when it is told')
      seen.push(to)
    })
    const states_ = steps.map((step) => {
      act(health, step)
      return health.state
    })
    t.same(states_, states)
    const changes = states.filter((state, i) => state !== (states[i - 1] ?? 'unknown'))
    t.same(seen, changes, 'each change is told once')
    t.end()
  })
}

test('a transition says why', (t) => {
  const reasons: string[] = []
  const health = new Health({ rise: 2, fall: 3 }, (from, to, reason) => {
    reasons.push(`${from} to ${to}: ${reason}`)
  })
  const steps: Step[] = [
    'pass',
    'fail',
    'fail',
    'fail',
    'eject',
    'pass',
    'pass',
    'eject',
    'drain',
    'readmit',
  ]
  for (const step of [...steps, 'fail', 'fail', 'fail', 'disable', 'enable'] satisfies Step[])
    act(health, step)
  t.same(reasons, [
    'unknown to healthy: first check passed',
    'healthy to unhealthy: 3 checks failed: status 500',
    'unhealthy to healthy: 2 checks passed',
    'healthy to ejected: 5 requests failed: CONNECT_REFUSED',
    'ejected to draining: draining by an operator',
    'draining to unhealthy: 3 checks failed: status 500',
    'unhealthy to disabled: disabled by an operator',
    'disabled to unhealthy: 3 checks failed: status 500',
  ])
  t.end()
})

test('thresholds of one take one check', (t) => {
  const reasons: string[] = []
  const health = new Health({ rise: 1, fall: 1 }, (_from, _to, reason) => reasons.push(reason))
  for (const step of ['pass', 'fail', 'pass'] as const) act(health, step)
  t.same(reasons, ['first check passed', '1 check failed: status 500', '1 check passed'])
  t.end()
})

test('new thresholds count from the next check on', (t) => {
  const health = new Health({ rise: 2, fall: 3 }, () => undefined)
  for (const step of ['pass', 'fail'] as const) act(health, step)
  health.thresholds = { rise: 2, fall: 2 }
  act(health, 'fail')
  t.equal(health.state, 'unhealthy')
  t.end()
})

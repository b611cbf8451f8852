import { test } from 'tap'
import { startCheckedTarget, type CheckedTarget } from '../support/checked-target.js'
import { environment } from '../support/environment.js'
import { Load } from '../support/load.js'
import { startPointsman } from '../support/pointsman.js'
import { untilState } from '../support/status.js'

const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'

/** Every way to be taken ill, the way back, and what the operators are told of it. */
const ILLNESSES: readonly {
  readonly name: string
  readonly fall: (target: CheckedTarget) => unknown
  readonly rise: (target: CheckedTarget) => unknown
  readonly reason: RegExp
}[] = [
  {
    name: 'is killed',
    fall: (target) => target.kill(),
    rise: (target) => target.start(),
    reason: /refused/,
  },
  {
    name: 'hangs',
    fall: (target) => target.hang(),
    rise: (target) => target.wakeUp(),
    reason: /no answer within 300 ms/,
  },
  {
    name: 'answers its checks with 500',
    fall: (target) => target.be('failing'),
    rise: (target) => target.be('fine'),
    reason: /status 500/,
  },
  {
    name: 'answers its checks with another body',
    fall: (target) => target.be('odd'),
    rise: (target) => target.be('fine'),
    reason: /body/,
  },
]

for (const workers of ['0', '2']) {
  test(`A target leaves the rotation and comes back, and no GET fails, with WORKERS=${workers}`, async (t) => {
    const targets = [
      await startCheckedTarget(t),
      await startCheckedTarget(t),
      await startCheckedTarget(t),
    ]
    const addresses = targets.map(({ address }) => address)
    const [ill, address] = [targets[0], addresses[0]]
    if (!ill || address === undefined) throw new Error('three targets were started')
    const group = {
      HEALTH_CHECK: 'http',
      HEALTH_PATH: '/health',
      HEALTH_BODY: 'I am (fine|failing)',
      HEALTH_INTERVAL: '200',
      HEALTH_TIMEOUT: '300',
    }
    const rules = [{ prefix: '/', targets: addresses.join(','), group }]
    // Longer than it takes to find out about a target that hangs.
    const others = { CONNECTION_TIMEOUT: '20000', WORKERS: workers }
    const proxy = await startPointsman(t, environment(rules, others))
    for (const { name, fall, rise, reason } of ILLNESSES) {
      await t.test(`when it ${name}`, async (t) => {
        const load = new Load(t, { port: proxy.port, clients: 8, request: GET })
        await load.more(100)
        await fall(ill)
        const down = await untilState(proxy, address, 'unhealthy')
        t.match(down.reason, reason, `operators are told: ${down.reason}`)
        t.notOk(down.serves)
        await load.more(100)
        await rise(ill)
        const up = await untilState(proxy, address, 'healthy')
        t.ok(up.serves)
        await load.more(100)
        await load.stop()
        t.strictSame([...load.statuses.keys()], [200])
        t.strictSame(load.lost, [])
      })
    }
    const moves = proxy.logs.filter(({ msg, to }) => msg === 'target' && to === 'unhealthy')
    t.equal(moves.length, ILLNESSES.length, 'each transition is logged once')
  })
}

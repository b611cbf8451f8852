import { test } from 'tap'
import { sendDamaged } from '../support/dns-damage.js'
import { dig } from '../support/dig.js'
import { dnsEnvironment } from '../support/dns-environment.js'
import { freePort, startPointsman } from '../support/pointsman.js'
import { seeded } from '../support/seeded.js'
import { mebibytes, tell } from './figures.js'

const ROUNDS = 10
const PER_ROUND = 100_000
const MOST_GROWTH_BYTES = 32 * 1024 * 1024

test('A million damaged queries', async (t) => {
  const port = await freePort()
  const followed = [{ name: 'www', targets: '127.0.0.11,127.0.0.12' }]
  const pointsman = await startPointsman(t, dnsEnvironment(port, followed))
  const random = seeded(1_000_000)
  const memory: number[] = []
  let answered = 0
  for (let round = 0; round < ROUNDS; round++) {
    const damage = await sendDamaged(port, PER_ROUND, random)
    t.same(damage.odd, [])
    answered += damage.answered
    memory.push(pointsman.rssBytes())
  }
  const [first = 0, ...later] = memory
  const growth = Math.max(...later) - first
  t.ok(growth < MOST_GROWTH_BYTES, `grew by ${mebibytes(growth)}`)
  t.match(await dig(port, 'www.ha.test'), { status: 'NOERROR', answer: [{ type: 'A' }] })
  t.match(await dig(port, '+tcp', 'nope.ha.test'), { status: 'NXDOMAIN' })
  const count = `${ROUNDS * PER_ROUND} damaged queries, ${answered} answered`
  tell(count, `memory ${memory.map(mebibytes).join(', ')}`)
  t.equal(await pointsman.stop(), 0)
})

import { test } from 'tap'
import { ActiveRequests, type Link } from '../../../src/faces/proxy/active-requests.js'
import { seeded } from '../../support/clock.js'

class Request implements Link<Request> {
  before: Request | undefined
  behind: Request | undefined
}

test('what was added and not taken out is there, in its order', (t) => {
  const random = seeded(7)
  const active = new ActiveRequests<Request>()
  let known: Request[] = []
  for (let step = 0; step < 2000; step++) {
    if (known.length === 0 || random.next() < 0.52) {
      const request = new Request()
      active.add(request)
      known.push(request)
    } else {
      const [request] = known.splice(Math.floor(random.next() * known.length), 1)
      if (request) active.delete(request)
    }
    t.equal(active.size, known.length)
    const all = active.toArray()
    if (all.length !== known.length || all.some((request, i) => request !== known[i]))
      t.fail(`step ${step}: another order`)
  }
  for (const request of active.toArray()) active.delete(request)
  known = active.toArray()
  t.strictSame(known, [])
  t.equal(active.size, 0)
  t.end()
})

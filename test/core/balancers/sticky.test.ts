import { test } from 'tap'
import { createBalancer } from '../../../src/core/balancers/registry.js'
import type { Balancer, Cookie, Order } from '../../../src/core/balancers/balancer.js'
import type { Candidate } from '../../../src/core/candidate.js'
import type { Facts } from '../../../src/core/facts.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf, groupSettings, manyCandidates } from '../../support/groups.js'

function sticky(stickySecret?: string, name = 'web'): Balancer {
  const ports = { clock: new ManualClock(), random: seeded(1) }
  const settings = groupSettings({ name, ...(stickySecret && { stickySecret }) })
  return createBalancer('STICKY', settings, ports)
}

function withCookie(cookie: Cookie | undefined): Facts {
  return factsOf(cookie ? { cookies: { [cookie.name]: cookie.value } } : {})
}

/** What the client is to be told when `candidate` has served it. */
function told(order: Order, candidate: Candidate | undefined): Cookie | undefined {
  return candidate && order.cookieFor?.(candidate)
}

/** The cookie that a new client is given together with the candidate. */
function cookieFrom(
  balancer: Balancer,
  candidates: readonly Candidate[],
  candidate: Candidate | undefined,
): Cookie {
  const cookie = told(balancer.order(candidates, factsOf({})), candidate)
  if (!cookie) throw new Error('a new client needs a cookie')
  return cookie
}

test('new clients are spread by weight and given a cookie', (t) => {
  const candidates = candidatesWeighing(5, 3, 2)
  const balancer = sticky()
  t.same(countFirsts(balancer, candidates, 1000), [500, 300, 200])
  t.match(cookieFrom(balancer, candidates, candidates[0]), {
    name: 'pointsman_web',
    value: /^[\w-]{16}$/,
  })
  t.end()
})

test('a client comes back to its target through 1000 requests, and needs no other cookie', (t) => {
  const candidates = manyCandidates(10)
  const balancer = sticky()
  const cookie = cookieFrom(balancer, candidates, candidates[7])
  const counts = countFirsts(balancer, candidates, 1000, () => withCookie(cookie))
  t.equal(counts[7], 1000)
  const first = balancer.order(candidates, withCookie(cookie))
  t.equal(first.next(), candidates[7])
  t.equal(told(first, candidates[7]), undefined)
  t.end()
})

test('a client whose target is gone is placed anew and sticks there', (t) => {
  const candidates = manyCandidates(4)
  const balancer = sticky()
  const [gone, ...others] = candidates
  const order = balancer.order(others, withCookie(cookieFrom(balancer, candidates, gone)))
  const next = order.next()
  t.ok(next && others.includes(next))
  t.same(
    countFirsts(balancer, others, 10, () => withCookie(told(order, next))),
    others.map((each) => (each === next ? 10 : 0)),
  )
  t.end()
})

test('a client whose target fails is given the cookie of the one that took over', (t) => {
  const candidates = manyCandidates(4)
  const balancer = sticky()
  const order = balancer.order(
    candidates,
    withCookie(cookieFrom(balancer, candidates, candidates[2])),
  )
  t.equal(order.next(), candidates[2])
  const second = order.next()
  t.same(told(order, second), cookieFrom(balancer, candidates, second))
  t.equal(drain(order).length, 2, 'the others follow, without the first')
  t.end()
})

test('a target that leaves keeps its clients and gets no other', (t) => {
  const candidates = manyCandidates(3)
  const balancer = sticky()
  const [leaving, ...others] = candidates
  const cookie = cookieFrom(balancer, candidates, leaving)
  const order = balancer.order(others, withCookie(cookie), candidates.slice(0, 1))
  t.equal(order.next(), leaving)
  t.equal(told(order, leaving), undefined)
  t.same(drain(order).length, 2)
  for (let i = 0; i < 10; i++) {
    const first = balancer.order(others, factsOf({}), candidates.slice(0, 1)).next()
    if (first === leaving) t.fail('a new client')
  }
  t.end()
})

test('a cookie that nobody gave does not count', (t) => {
  const candidates = manyCandidates(3)
  for (const value of ['', 'x', 'http://t1:80', '0'.repeat(16)]) {
    const order = sticky().order(candidates, withCookie({ name: 'pointsman_web', value }))
    t.match(told(order, order.next()), { value: /^[\w-]{16}$/ })
  }
  t.end()
})

test('every process gives a target the same value, another one in each group and for each secret', (t) => {
  const candidates = manyCandidates(2)
  const valueFrom = (balancer: Balancer): string =>
    cookieFrom(balancer, candidates, candidates[0]).value
  t.equal(valueFrom(sticky()), valueFrom(sticky()))
  t.equal(valueFrom(sticky('secret')), valueFrom(sticky('secret')))
  const values = [sticky(), sticky('', 'db'), sticky('secret'), sticky('other')].map(valueFrom)
  t.equal(new Set(values).size, 4)
  t.end()
})

test('the value stays when the group changes', (t) => {
  const candidates = manyCandidates(3)
  const balancer = sticky('secret')
  const before = cookieFrom(balancer, candidates, candidates[1])
  t.same(cookieFrom(balancer, candidates.slice(1), candidates[1]), before)
  t.end()
})

test('an order that outlives its group still gives the right cookie', (t) => {
  const candidates = manyCandidates(3)
  const balancer = sticky()
  const order = balancer.order(candidates, factsOf({}))
  const first = order.next()
  balancer.order([], factsOf({})).next()
  t.same(told(order, first), cookieFrom(balancer, candidates, first))
  t.end()
})

test('clients that can be given no cookie stick by their address', (t) => {
  const candidates = manyCandidates(5)
  const balancer = sticky()
  const firsts = new Set<number>()
  for (let client = 0; client < 50; client++) {
    const facts = { ...factsOf({ address: `192.0.2.${client}` }), takesCookies: false }
    const order = balancer.order(candidates, facts)
    const first = order.next()
    t.equal(told(order, first), undefined)
    const counts = countFirsts(balancer, candidates, 5, () => facts)
    if (!first || counts[candidates.indexOf(first)] !== 5) t.fail(`client ${client}`)
    firsts.add(counts.indexOf(5))
  }
  t.equal(firsts.size, 5, 'and all targets have some')
  t.end()
})

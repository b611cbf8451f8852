import { test } from 'tap'
import type { Balancer, Order } from '../../src/core/balancers/balancer.js'
import type { Candidate } from '../../src/core/candidate.js'
import type { Facts } from '../../src/core/facts.js'
import { seeded } from './clock.js'
import { candidatesWeighing, factsOf, manyCandidates } from './groups.js'

/** Everything that `order` has yet to give. */
export function drain(order: Order): Candidate[] {
  const given: Candidate[] = []
  for (let next = order.next(); next; next = order.next()) given.push(next)
  return given
}

/** How often each candidate comes first in so many orders; `factsAt` gives the facts of each. */
export function countFirsts(
  balancer: Balancer,
  candidates: readonly Candidate[],
  orders: number,
  factsAt: (order: number) => Facts = () => factsOf({}),
): number[] {
  const counts = new Map<Candidate | undefined, number>()
  for (let order = 0; order < orders; order++) {
    const first = balancer.order(candidates, factsAt(order)).next()
    counts.set(first, (counts.get(first) ?? 0) + 1)
  }
  return candidates.map((candidate) => counts.get(candidate) ?? 0)
}

/** An array that counts how many of its elements are read. */
function watched(candidates: readonly Candidate[]): { array: Candidate[]; reads: () => number } {
  let reads = 0
  const array = new Proxy([...candidates], {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d/.test(key)) reads++
      return Reflect.get(target, key, receiver)
    },
  })
  return { array, reads: () => reads }
}

const SIZES = [0, 1, 2, 3, 31, 32, 33, 64, 100]
const MOST_READS = 64

/** What holds for every algorithm. `create` gives a new balancer each time; chance in it should be seeded. */
export function balancerConformance(name: string, create: () => Balancer): void {
  const isWhole = (given: readonly Candidate[], candidates: readonly Candidate[]): boolean =>
    given.length === candidates.length && candidates.every((each) => given.includes(each))
  const factsAt = (order: number): Facts => factsOf({ address: `192.0.2.${order % 256}` })

  test(`${name} gives each candidate once and then no other`, (t) => {
    for (const size of SIZES) {
      const candidates = candidatesWeighing(...Array.from({ length: size }, (_, i) => 1 + (i % 7)))
      const balancer = create()
      for (let i = 0; i < 20; i++) {
        const order = balancer.order(candidates, factsAt(i))
        if (!isWhole(drain(order), candidates)) t.fail(`order ${i} of ${size}`)
        if (order.next() !== undefined) t.fail(`order ${i} of ${size} does not end`)
      }
    }
    t.end()
  })

  test(`${name} keeps orders apart that are under way together`, (t) => {
    const candidates = manyCandidates(40)
    const balancer = create()
    const orders = Array.from({ length: 8 }, (_, i) => balancer.order(candidates, factsAt(i)))
    const given = orders.map((): Candidate[] => [])
    for (let step = 0; step < 40; step++)
      orders.forEach((order, i) => given[i]?.push(...[order.next()].flatMap((next) => next ?? [])))
    t.ok(given.every((each) => isWhole(each, candidates)))
    t.end()
  })

  test(`${name} follows a group that changes, and its old orders keep to theirs`, (t) => {
    const random = seeded(5)
    const all = candidatesWeighing(...Array.from({ length: 50 }, (_, i) => 1 + (i % 100)))
    const balancer = create()
    for (let change = 0; change < 200; change++) {
      const share = random.next()
      const before = all.filter(() => random.next() < share)
      const after = all.filter(() => random.next() < share)
      const old = balancer.order(before, factsAt(change))
      const first = old.next()
      const given = drain(balancer.order(after, factsAt(change)))
      if (!isWhole(given, after)) t.fail(`change ${change}: not the new group`)
      if (!isWhole([...(first ? [first] : []), ...drain(old)], before))
        t.fail(`change ${change}: not the old group`)
    }
    t.end()
  })

  test(`${name} looks at few candidates for the first, however large the group`, (t) => {
    const { array, reads } = watched(manyCandidates(10_000))
    const balancer = create()
    balancer.order(array, factsAt(0)).next()
    const prepared = reads()
    for (let i = 1; i <= 100; i++) balancer.order(array, factsAt(i)).next()
    const each = (reads() - prepared) / 100
    t.ok(each <= MOST_READS, `${each} of 10 000 are read`)
    t.end()
  })
}

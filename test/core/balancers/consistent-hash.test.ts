import { test } from 'tap'
import type { HashKey } from '../../../src/core/balancers/balancer.js'
import { ConsistentHash } from '../../../src/core/balancers/consistent-hash.js'
import { hashText, mix } from '../../../src/core/balancers/hash.js'
import { Weighted } from '../../../src/core/balancers/weighted.js'
import type { Candidate } from '../../../src/core/candidate.js'
import { countFirsts, drain } from '../../support/balancer-conformance.js'
import { seeded } from '../../support/clock.js'
import { candidatesWeighing, factsOf, manyCandidates } from '../../support/groups.js'

const KEYS = 20_000

function balancer(hashKey: HashKey = 'client-ip'): ConsistentHash {
  return new ConsistentHash(hashKey, new Weighted())
}

/** The candidate of each of so many keys. */
function owners(candidates: readonly Candidate[], keys = KEYS): (Candidate | undefined)[] {
  const hash = balancer()
  return Array.from({ length: keys }, (_, key) =>
    hash.order(candidates, factsOf({ address: `key ${key}` })).next(),
  )
}

for (const size of [3, 10, 100]) {
  test(`of ${size} targets the keys of one that goes move, and no other`, (t) => {
    const candidates = manyCandidates(size)
    const [gone, ...others] = candidates
    const before = owners(candidates)
    const after = owners(others)
    const moved = before.filter((owner, key) => owner !== after[key])
    t.ok(
      moved.every((owner) => owner === gone),
      'all that moved were its own',
    )
    const share = (moved.length / KEYS) * size
    t.ok(share > 0.75 && share < 1.25, `${share} of one share moved`)
    t.end()
  })

  test(`${size} targets have shares of like size`, (t) => {
    const keys = 1000 * size
    const counts = new Map<Candidate | undefined, number>()
    for (const owner of owners(manyCandidates(size), keys))
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
    const shares = [...counts.values()].map((count) => count / 1000)
    t.equal(shares.length, size)
    t.ok(
      shares.every((share) => share > 0.75 && share < 1.25),
      `${Math.min(...shares)} to ${Math.max(...shares)}`,
    )
    t.end()
  })
}

test('weights give shares', (t) => {
  const counts = [0, 0, 0]
  const candidates = candidatesWeighing(50, 30, 20)
  for (const owner of owners(candidates)) {
    const at = owner ? candidates.indexOf(owner) : 0
    counts[at] = (counts[at] ?? 0) + 1 / KEYS
  }
  const errors = counts.map((share, at) => share / ([0.5, 0.3, 0.2][at] ?? 0) - 1)
  t.ok(
    errors.every((error) => Math.abs(error) < 0.25),
    errors.join(' '),
  )
  t.end()
})

test('the order of the list does not matter', (t) => {
  const candidates = manyCandidates(20)
  t.same(owners(candidates, 500), owners(candidates.toReversed(), 500))
  t.end()
})

test('what comes after the first is where the key goes when the first is gone', (t) => {
  const candidates = candidatesWeighing(...Array.from({ length: 20 }, (_, i) => 1 + (i % 5)))
  for (let key = 0; key < 200; key++) {
    const facts = factsOf({ address: `key ${key}` })
    let left = candidates
    for (const candidate of drain(balancer().order(candidates, facts))) {
      if (balancer().order(left, facts).next() !== candidate) t.fail(`key ${key}`)
      left = left.filter((each) => each !== candidate)
    }
  }
  t.end()
})

const KEYED: readonly {
  readonly hashKey: HashKey
  readonly facts: Parameters<typeof factsOf>[0]
}[] = [
  { hashKey: 'client-ip', facts: { address: 'a key' } },
  { hashKey: 'path', facts: { path: 'a key' } },
  { hashKey: 'header:X-Tenant', facts: { headers: { 'x-tenant': 'a key' } } },
  { hashKey: 'cookie:Session', facts: { cookies: { Session: 'a key' } } },
]

for (const { hashKey, facts } of KEYED) {
  test(`the key can be taken from ${hashKey}`, (t) => {
    const candidates = manyCandidates(50)
    const owner = balancer()
      .order(candidates, factsOf({ address: 'a key' }))
      .next()
    const counts = countFirsts(balancer(hashKey), candidates, 20, () => factsOf(facts))
    t.equal(counts[owner ? candidates.indexOf(owner) : -1], 20)
    t.end()
  })
}

for (const facts of [{}, { headers: { 'x-tenant': '' } }]) {
  test(`requests without a key (${JSON.stringify(facts)}) are spread by weight`, (t) => {
    const candidates = candidatesWeighing(3, 1)
    t.same(
      countFirsts(balancer('header:X-Tenant'), candidates, 40, () => factsOf(facts)),
      [30, 10],
    )
    t.end()
  })
}

test('a key that everybody asks for does not load its target beyond a quarter above its share', (t) => {
  const candidates = manyCandidates(10)
  const hash = balancer()
  for (let i = 0; i < 1000; i++) {
    const first = hash.order(candidates, factsOf({})).next()
    if (first) first.inFlight++
  }
  const loads = candidates.map(({ inFlight }) => inFlight).sort((a, b) => b - a)
  t.equal(loads[0], 125, 'the target that the key belongs to')
  t.equal(loads[6], 125, 'others that relieve it')
  t.end()
})

test('keys at random under load keep to the bound too, each target by its weight', (t) => {
  const random = seeded(8)
  const candidates = candidatesWeighing(1, 2, 3, 4, 5)
  const hash = balancer()
  for (let i = 0; i < 3000; i++) {
    const first = hash.order(candidates, factsOf({ address: `${random.next()}` })).next()
    if (first) first.inFlight++
  }
  const loads = candidates.map(({ inFlight, target }) => inFlight / (3000 * (target.weight / 15)))
  t.ok(
    loads.every((load) => load < 1.26),
    loads.join(' '),
  )
  t.end()
})

test('the connections of one browser go to one target, even when nobody else is there', (t) => {
  const candidates = manyCandidates(10)
  const hash = balancer()
  const firsts = Array.from({ length: 7 }, () => {
    const first = hash.order(candidates, factsOf({})).next()
    if (first) first.inFlight++
    return first
  })
  t.equal(new Set(firsts.slice(0, 6)).size, 1)
  t.not(firsts[6], firsts[0])
  t.end()
})

test('when all have more than their share, the key goes where it belongs', (t) => {
  const candidates = manyCandidates(3)
  const hash = balancer()
  const owner = hash.order(candidates, factsOf({})).next()
  for (const candidate of candidates) {
    candidate.inFlight = 100
    candidate.groupLoad.inFlight = 0
  }
  t.equal(hash.order(candidates, factsOf({})).next(), owner)
  t.end()
})

test('the hash is FNV-1a finished as MurmurHash3 does', (t) => {
  // Another hash would move every key of every group when Pointsman is updated.
  t.equal(mix(1), 0x514e28b7)
  t.equal(mix(0xffffffff), 0x81f16f39)
  t.equal(hashText(''), mix(0x811c9dc5))
  t.equal(hashText('foobar'), mix(0xbf9cf968))
  t.end()
})

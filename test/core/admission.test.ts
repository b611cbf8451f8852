import { test } from 'tap'
import { Admission } from '../../src/core/admission.js'
import { Sequential } from '../../src/core/balancers/sequential.js'
import type { Candidate } from '../../src/core/candidate.js'
import { seeded } from '../support/clock.js'
import { factsOf, manyCandidates } from '../support/groups.js'

/** A group with its limits, and requests that are numbered as they come. */
class Door {
  readonly candidates: Candidate[]
  readonly admission: Admission
  /** What was let in after it had waited, as `number@host`. */
  readonly admitted: string[] = []

  constructor(targets: number, maxConnections: number, maxQueue = 100) {
    this.candidates = manyCandidates(targets)
    this.admission = new Admission({ maxConnections, maxQueue })
    this.admission.setCandidates(this.candidates)
  }

  claim(): Candidate | undefined {
    const candidate = this.admission.claim(new Sequential().order(this.candidates, factsOf({})))
    if (candidate) candidate.inFlight++
    return candidate
  }

  wait(number: number): ReturnType<Admission['wait']> {
    return this.admission.wait((candidate) => {
      candidate.inFlight++
      this.admitted.push(`${number}@${candidate.target.host}`)
    })
  }

  end(number: number): void {
    const candidate = this.candidates[number]
    if (!candidate) throw new Error(`there is no target ${number}`)
    candidate.inFlight--
    this.admission.released(candidate)
  }
}

test('a request goes to the first target of its order that has room', (t) => {
  const door = new Door(2, 2)
  const hosts = [1, 2, 3, 4, 5].map(() => door.claim()?.target.host)
  t.same(hosts, ['t0', 't0', 't1', 't1', undefined])
  t.end()
})

test('those that wait are let in as they came, wherever there is room', (t) => {
  const door = new Door(2, 1)
  for (let i = 0; i < 2; i++) door.claim()
  for (const number of [1, 2, 3]) door.wait(number)
  t.equal(door.admission.waiting, 3)
  t.same(door.admitted, [])
  for (const number of [1, 0, 1]) door.end(number)
  t.same(door.admitted, ['1@t1', '2@t0', '3@t1'])
  t.equal(door.admission.waiting, 0)
  t.end()
})

test('who comes while others wait does not pass them', (t) => {
  const door = new Door(1, 1)
  door.claim()
  door.wait(1)
  for (const candidate of door.candidates) candidate.inFlight = 0
  t.equal(door.claim(), undefined)
  t.end()
})

test('the queue is bounded', (t) => {
  const door = new Door(1, 1, 2)
  door.claim()
  const tickets = [1, 2, 3].map((number) => door.wait(number))
  t.equal(tickets[2], undefined)
  tickets[0]?.cancel()
  t.ok(door.wait(4), 'and has room again when one leaves')
  t.end()
})

test('a queue of none refuses at once', (t) => {
  const door = new Door(1, 1, 0)
  t.ok(door.claim())
  t.equal(door.wait(1), undefined)
  t.end()
})

test('one that leaves the queue is not let in, and can leave again', (t) => {
  const door = new Door(1, 1)
  door.claim()
  const tickets = [1, 2, 3].map((number) => door.wait(number))
  tickets[1]?.cancel()
  tickets[1]?.cancel()
  t.equal(door.admission.waiting, 2)
  door.end(0)
  tickets[0]?.cancel()
  t.equal(door.admission.waiting, 1, 'after it was let in, leaving does nothing')
  door.end(0)
  t.same(door.admitted, ['1@t0', '3@t0'])
  t.end()
})

test('when the one that is let in takes no slot, the next gets it', (t) => {
  const door = new Door(1, 1)
  door.claim()
  const told: string[] = []
  door.admission.wait(() => told.push('gone'))
  door.wait(2)
  door.wait(3)
  door.end(0)
  t.same(told, ['gone'])
  t.same(door.admitted, ['2@t0'])
  t.end()
})

test('a target that does not serve any more takes nobody in', (t) => {
  const door = new Door(2, 1)
  for (let i = 0; i < 2; i++) door.claim()
  door.wait(1)
  door.admission.setCandidates(door.candidates.slice(1))
  door.end(0)
  t.same(door.admitted, [])
  door.end(1)
  t.same(door.admitted, ['1@t1'])
  t.end()
})

test('a target that comes takes in those that wait, up to its limit', (t) => {
  const door = new Door(1, 2)
  for (let i = 0; i < 2; i++) door.claim()
  for (const number of [1, 2, 3]) door.wait(number)
  const fresh = manyCandidates(2).slice(1)
  door.admission.setCandidates([...door.candidates, ...fresh])
  t.same(door.admitted, ['1@t1', '2@t1'])
  t.end()
})

test('whatever happens, the limits hold, nobody is passed, and nobody waits while there is room', (t) => {
  const random = seeded(12)
  const door = new Door(3, 4, 10)
  const waiting = new Map<number, { cancel(): void }>()
  let served = 0
  let next = 0
  for (let step = 0; step < 20_000; step++) {
    const chance = random.next()
    if (chance < 0.55) {
      const ticket = door.claim() ? undefined : door.wait(++next)
      if (ticket) waiting.set(next, ticket)
    } else if (chance < 0.65) {
      const [first] = waiting
      first?.[1].cancel()
      if (first) waiting.delete(first[0])
    } else {
      const busy = [0, 1, 2].filter((number) => (door.candidates[number]?.inFlight ?? 0) > 0)
      const number = busy[Math.floor(random.next() * busy.length)]
      if (number !== undefined) door.end(number)
    }
    for (const admitted of door.admitted.splice(0)) {
      const number = parseInt(admitted)
      if ([...waiting.keys()][0] !== number) t.fail(`${number} passed another`)
      waiting.delete(number)
      served++
    }
    const loads = door.candidates.map(({ inFlight }) => inFlight)
    if (loads.some((load) => load > 4)) t.fail(loads.join(' '))
    if (waiting.size !== door.admission.waiting || waiting.size > 10) t.fail('the queue is wrong')
    if (waiting.size > 0 && loads.some((load) => load < 4)) t.fail('somebody waits for nothing')
  }
  t.ok(served > 1000, `${served} had waited`)
  t.end()
})

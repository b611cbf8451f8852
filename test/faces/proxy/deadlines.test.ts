import { test } from 'tap'
import type { Clock, Random } from '../../../src/core/ports.js'
import { Deadlines, Expiring } from '../../../src/faces/proxy/deadlines.js'
import { ManualClock, seeded } from '../../support/clock.js'

/** Noticed at most so late. */
const SLACK_MS = 50
/** The wheel goes round once in this time. */
const ROUND_MS = 512 * 25

class Entry extends Expiring {
  readonly name: string
  readonly expiries: number[] = []
  onExpire: (() => void) | undefined
  private readonly clock: Clock

  constructor(clock: Clock, name = '') {
    super()
    this.clock = clock
    this.name = name
  }

  expire(): void {
    this.expiries.push(this.clock.now())
    this.onExpire?.()
  }
}

function start(): { clock: ManualClock; deadlines: Deadlines; entry: (name?: string) => Entry } {
  const clock = new ManualClock()
  return { clock, deadlines: new Deadlines(clock), entry: (name) => new Entry(clock, name) }
}

test('a deadline is noticed when it has passed, and soon', (t) => {
  const delays = [0, 1, 24, 25, 26, 49, 50, 100, 5000, 12_775, 12_799, ROUND_MS, 12_801, 12_825]
  for (const offset of [0, 0.25, 10, 24.9, 1_000_000.5]) {
    for (const delay of [...delays, 2 * ROUND_MS + 1, 60_000, 3_600_000]) {
      const { clock, deadlines, entry } = start()
      clock.advance(offset)
      const one = entry()
      deadlines.arm(one, delay)
      clock.advance(delay + SLACK_MS)
      const [at = NaN, ...others] = one.expiries
      t.ok(at >= offset + delay, `armed at ${offset} for ${delay}: not before`)
      t.ok(at <= offset + delay + SLACK_MS, `armed at ${offset} for ${delay}: at ${at}`)
      t.strictSame(others, [])
    }
  }
  t.end()
})

test('a deadline in the past is noticed soon', (t) => {
  const { clock, deadlines, entry } = start()
  clock.advance(100_000)
  const one = entry()
  deadlines.arm(one, -1000)
  t.strictSame(one.expiries, [], 'not from within arm')
  clock.advance(SLACK_MS)
  t.equal(one.expiries.length, 1)
  t.end()
})

test('arming again puts a deadline off, or brings it forward', (t) => {
  for (const [first, second] of [
    [1000, 5000],
    [5000, 1000],
    [1000, 1000],
    [60_000, 100],
    [100, 60_000],
  ] as const) {
    const { clock, deadlines, entry } = start()
    const one = entry()
    deadlines.arm(one, first)
    clock.advance(50)
    deadlines.arm(one, second)
    clock.advance(second - 1)
    t.strictSame(one.expiries, [], `${first}, then ${second}`)
    clock.advance(SLACK_MS + 1)
    t.equal(one.expiries.length, 1)
    clock.advance(100_000)
    t.equal(one.expiries.length, 1, 'once')
  }
  t.end()
})

test('a deadline that was disarmed does not pass, and can be armed again', (t) => {
  const { clock, deadlines, entry } = start()
  const one = entry()
  deadlines.disarm(one)
  deadlines.arm(one, 100)
  deadlines.disarm(one)
  deadlines.disarm(one)
  clock.advance(1000)
  t.strictSame(one.expiries, [])
  deadlines.arm(one, 100)
  clock.advance(100 + SLACK_MS)
  t.equal(one.expiries.length, 1)
  t.end()
})

test('one that expires may disarm others that are due at the same moment', (t) => {
  const { clock, deadlines, entry } = start()
  const [first, second, third] = [entry(), entry(), entry()]
  first.onExpire = () => deadlines.disarm(second)
  for (const one of [first, second, third]) deadlines.arm(one, 100)
  clock.advance(1000)
  t.strictSame(
    [first, second, third].map(({ expiries }) => expiries.length),
    [1, 0, 1],
  )
  t.end()
})

test('one that expires may put others off, and itself', (t) => {
  const { clock, deadlines, entry } = start()
  const [first, second] = [entry(), entry()]
  first.onExpire = () => {
    deadlines.arm(second, 1000)
    deadlines.arm(first, 300)
  }
  for (const one of [first, second]) deadlines.arm(one, 100)
  clock.advance(200)
  t.strictSame([first.expiries.length, second.expiries.length], [1, 0])
  clock.advance(300)
  t.strictSame([first.expiries.length, second.expiries.length], [2, 0])
  first.onExpire = undefined
  clock.advance(2000)
  t.strictSame([first.expiries.length, second.expiries.length], [3, 1])
  t.end()
})

test('one that arms itself for at once does not expire for ever in one moment', (t) => {
  const { clock, deadlines, entry } = start()
  const one = entry()
  one.onExpire = () => deadlines.arm(one, 0)
  deadlines.arm(one, 0)
  clock.advance(1000)
  t.ok(one.expiries.length >= 20 && one.expiries.length <= 41, `${one.expiries.length} in a second`)
  t.end()
})

/** A clock that stands still while the process is stopped: one late timer for all the time that passed. */
class HaltingClock extends ManualClock {
  private halted = 0

  override now(): number {
    return super.now() + this.halted
  }

  /** Passes `ms` without anything being noticed of it. */
  halt(ms: number): void {
    this.halted += ms
  }
}

test('what became due during a halt is noticed at its end, and nothing else is', (t) => {
  for (const halt of [1000, ROUND_MS, ROUND_MS + 25, 10 * ROUND_MS + 7]) {
    const clock = new HaltingClock()
    const deadlines = new Deadlines(clock)
    const delays = [0, 10, 500, 900, 5000, 12_000, 20_000, 100_000, 127_000, 200_000]
    const entries = delays.map((delay) => {
      const one = new Entry(clock)
      deadlines.arm(one, delay)
      return one
    })
    clock.advance(10)
    clock.halt(halt)
    clock.advance(SLACK_MS)
    const due = delays.map((delay) => (delay <= clock.now() - SLACK_MS ? 1 : 0))
    t.strictSame(
      entries.map(({ expiries }) => expiries.length),
      due,
      `after ${halt} ms`,
    )
    clock.advance(300_000)
    t.ok(entries.every(({ expiries }) => expiries.length === 1))
  }
  t.end()
})

test('an entry that is armed at the end of a halt has all its time', (t) => {
  const clock = new HaltingClock()
  const deadlines = new Deadlines(clock)
  const [first, second] = [new Entry(clock), new Entry(clock)]
  first.onExpire = () => deadlines.arm(second, 1000)
  deadlines.arm(first, 100)
  clock.halt(5 * ROUND_MS)
  clock.advance(SLACK_MS)
  t.equal(first.expiries.length, 1)
  clock.advance(900)
  t.strictSame(second.expiries, [])
  clock.advance(100 + SLACK_MS)
  t.equal(second.expiries.length, 1)
  t.end()
})

test('no timer runs while nothing is armed', (t) => {
  const { clock, deadlines, entry } = start()
  t.equal(clock.timers, 0)
  const one = entry()
  deadlines.arm(one, 100)
  t.equal(clock.timers, 1)
  deadlines.arm(entry(), 100)
  t.equal(clock.timers, 1, 'one for all')
  clock.advance(1000)
  t.equal(clock.timers, 0)
  deadlines.arm(one, 100)
  deadlines.disarm(one)
  clock.advance(1000)
  t.equal(clock.timers, 0)
  deadlines.arm(one, 100)
  clock.advance(100 + SLACK_MS)
  t.equal(one.expiries.length, 2, 'and it goes on after a rest')
  t.end()
})

/** Deadlines as one would write them down: a list that is looked through. */
class Model {
  private readonly due = new Map<string, number>()

  arm(name: string, at: number): void {
    this.due.set(name, at)
  }

  disarm(name: string): void {
    this.due.delete(name)
  }

  /** It has expired at `now`. @returns what is wrong with that */
  expire(name: string, now: number): string | undefined {
    const at = this.due.get(name)
    this.due.delete(name)
    if (at === undefined) return `${name} at ${now}, though it was not armed`
    return now >= at ? undefined : `${name} at ${now}, before ${at}`
  }

  /** Those that should have expired long ago. */
  overdue(now: number): string[] {
    return [...this.due].flatMap(([name, at]) =>
      at + SLACK_MS < now ? [`${name} since ${at}`] : [],
    )
  }
}

/** Far ones are rare, and some are beyond one round of the wheel. */
function someDelay(random: Random): number {
  const scale = [20, 200, 3000, 13_000, 90_000][Math.floor(random.next() ** 2 * 5)] ?? 20
  return Math.round(random.next() * scale * 10) / 10
}

test('thousands of random operations do what a list would do', (t) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const random = seeded(seed)
    const { clock, deadlines, entry } = start()
    const model = new Model()
    const faults: string[] = []
    let expired = 0
    const arm = (one: Entry): void => {
      const delay = someDelay(random)
      model.arm(one.name, clock.now() + delay)
      deadlines.arm(one, delay)
    }
    const disarm = (one: Entry): void => {
      model.disarm(one.name)
      deadlines.disarm(one)
    }
    const entries = Array.from({ length: 50 }, (_, number) => entry(String(number)))
    const any = () => entries[Math.floor(random.next() * entries.length)] ?? entry()
    for (const one of entries) {
      one.onExpire = () => {
        expired++
        const fault = model.expire(one.name, clock.now())
        if (fault) faults.push(fault)
        const what = random.next()
        if (what < 0.3) arm(one)
        else if (what < 0.5) arm(any())
        else if (what < 0.7) disarm(any())
      }
    }
    for (let step = 0; step < 5000; step++) {
      const what = random.next()
      if (what < 0.5) arm(any())
      else if (what < 0.7) disarm(any())
      else clock.advance(random.next() * (what < 0.99 ? 100 : 20_000))
      faults.push(...model.overdue(clock.now()))
    }
    t.strictSame(faults.slice(0, 3), [], `seed ${seed}`)
    t.ok(expired > 500, `${expired} have expired`)
  }
  t.end()
})

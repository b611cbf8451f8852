import type { Clock, Timer } from '../../core/ports.js'

/** How late a deadline may be noticed. */
const TICK_MS = 25
/** Slots of the wheel; a deadline further away than all of them together goes round more than once. */
const SLOTS = 512

/** Something with at most one deadline at a time, as a link of the wheel's lists. */
export abstract class Expiring {
  /** Clock time of the deadline; meaningful while it is armed. */
  declare deadline: number
  declare next: Expiring | undefined
  declare previous: Expiring | undefined

  /**
   * What so many classes inherit is assigned: a field that is defined would be looked up anew for each object (V8 has no stub for
   * defining fields of many shapes). No integer at first: V8 would give all that is armed later another shape.
   */
  constructor() {
    this.deadline = Infinity
    this.next = undefined
    this.previous = undefined
  }

  /** Called once when the deadline has passed; it is no longer armed then. */
  abstract expire(): void
}

class SlotHead extends Expiring {
  override next: Expiring = this
  override previous: Expiring = this

  expire(): void {
    // The anchor of a list is never armed.
  }
}

function unlink(entry: Expiring): void {
  if (!entry.next || !entry.previous) return
  entry.previous.next = entry.next
  entry.next.previous = entry.previous
  entry.next = entry.previous = undefined
}

/**
 * A timer wheel: arming and disarming a deadline moves one link, and one timer serves them all
 * (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6).
 */
export class Deadlines {
  private readonly slots = Array.from({ length: SLOTS }, () => new SlotHead())
  private readonly clock: Clock
  private tick = 0
  private armed = 0
  private timer: Timer | undefined

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Lets `entry` expire in `delayMs` from now, whatever was armed before; noticed at most 50 ms late. */
  arm(entry: Expiring, delayMs: number): void {
    this.armAt(entry, this.clock.now() + delayMs)
  }

  /** Lets `entry` expire at a time of `now`. */
  armAt(entry: Expiring, deadline: number): void {
    if (entry.next) {
      if (entry.deadline === deadline) return
      unlink(entry)
    } else this.armed++
    entry.deadline = deadline
    if (!this.timer) {
      this.tick = Math.floor(this.clock.now() / TICK_MS)
      this.schedule()
    }
    this.link(entry)
  }

  disarm(entry: Expiring): void {
    if (!entry.next) return
    unlink(entry)
    this.armed--
  }

  /** Milliseconds since some fixed moment, for callers that measure what they arm. */
  now(): number {
    return this.clock.now()
  }

  private link(entry: Expiring): void {
    const dueTick = Math.max(Math.ceil(entry.deadline / TICK_MS), this.tick + 1)
    const head = this.slots[dueTick % SLOTS]
    if (!head) return
    entry.next = head
    entry.previous = head.previous
    head.previous.next = entry
    head.previous = entry
  }

  private schedule(): void {
    this.timer = this.clock.after(TICK_MS, () => {
      this.advance()
      this.timer = undefined
      if (this.armed > 0) this.schedule()
    })
  }

  private advance(): void {
    const now = this.clock.now()
    const current = Math.floor(now / TICK_MS)
    // After a long halt every slot is due; going round more than once would find nothing new.
    const first = Math.max(this.tick + 1, current - SLOTS + 1)
    for (let tick = first; tick <= current; tick++) {
      this.tick = tick
      this.expireSlot(tick, now)
    }
  }

  private expireSlot(tick: number, now: number): void {
    const head = this.slots[tick % SLOTS]
    if (!head) return
    const due: Expiring[] = []
    for (let entry: Expiring = head.next; entry !== head && entry.next; entry = entry.next) {
      if (entry.deadline <= now) due.push(entry)
    }
    for (const entry of due) {
      // One that expired before may have disarmed or put off the others.
      if (!entry.next || entry.deadline > now) continue
      this.disarm(entry)
      entry.expire()
    }
  }
}

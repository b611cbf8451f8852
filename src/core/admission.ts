import type { Order } from './balancers/balancer.js'
import type { Candidate } from './candidate.js'

/** A place in the queue. */
export interface Ticket {
  /** Gives the place up, unless it has had its turn; safe at any time. */
  cancel(): void
}

/** How many requests may be under way, and wait. */
export interface Limits {
  /** At one target. */
  readonly maxConnections: number
  /** In the whole group. */
  readonly maxQueue: number
}

type OnFree = (candidate: Candidate) => void

/** Those that wait, in the order in which they came; any of them can leave at any time at the same cost. */
class Queue {
  length = 0
  private readonly anchor = new Place(this)

  get first(): Place | undefined {
    return this.length > 0 ? this.anchor.next : undefined
  }

  add(onFree: OnFree): Ticket {
    const place = new Place(this, onFree)
    place.insertBefore(this.anchor)
    return place
  }
}

/** A link of the queue, which is a ring; one that is linked to itself has left it. */
class Place implements Ticket {
  next: Place = this
  private previous: Place = this
  private readonly queue: Queue
  readonly onFree: OnFree | undefined

  constructor(queue: Queue, onFree?: OnFree) {
    this.queue = queue
    this.onFree = onFree
  }

  insertBefore(place: Place): void {
    this.next = place
    this.previous = place.previous
    place.previous.next = this
    place.previous = this
    this.queue.length++
  }

  cancel(): void {
    if (this.next === this) return
    this.previous.next = this.next
    this.next.previous = this.previous
    this.next = this.previous = this
    this.queue.length--
  }
}

/**
 * Keeps the requests under way at each target within a limit: a request goes to the first target of its order that has room, or
 * waits until any has. Slots are counted by `Candidate.inFlight` alone: who is given a candidate raises it at once, and says
 * `released` after lowering it.
 */
export class Admission {
  private readonly limits: Limits
  private readonly queue = new Queue()
  private candidates: ReadonlySet<Candidate> = new Set<Candidate>()

  constructor(limits: Limits) {
    this.limits = limits
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.length
  }

  /** Replaces the targets that take requests; those that wait get what room there is. */
  setCandidates(candidates: readonly Candidate[]): void {
    this.candidates = new Set(candidates)
    for (const candidate of candidates) this.released(candidate)
  }

  /** The first candidate of `order` that has room; undefined when none has, or others were here before. */
  claim(order: Order): Candidate | undefined {
    if (this.queue.length > 0) return undefined
    let candidate = order.next()
    while (candidate && !this.hasRoom(candidate)) candidate = order.next()
    return candidate
  }

  /**
   * Queues for whichever target has room next.
   * @param onFree called once, never from within this call; it is to raise `inFlight`
   * @returns undefined when the queue is full
   */
  wait(onFree: OnFree): Ticket | undefined {
    return this.queue.length < this.limits.maxQueue ? this.queue.add(onFree) : undefined
  }

  /** There is room at `candidate`: a request there has ended, and `inFlight` says so. */
  released(candidate: Candidate): void {
    if (!this.candidates.has(candidate)) return
    for (let first = this.queue.first; first && this.hasRoom(candidate); first = this.queue.first) {
      first.cancel()
      first.onFree?.(candidate)
    }
  }

  private hasRoom({ inFlight }: Candidate): boolean {
    return inFlight < this.limits.maxConnections
  }
}

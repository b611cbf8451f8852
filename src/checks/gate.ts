/** What waits at a gate. */
export interface Entrant {
  /** Called when it may go in; it must not throw, and must see to it that `leave` is called once. */
  enter(): void
}

/** Lets only so many in at a time, the others in their turn. */
export class Gate {
  private readonly limit: number
  private readonly waiting = new Set<Entrant>()
  private inside = 0

  constructor(limit: number) {
    this.limit = limit
  }

  admit(entrant: Entrant): void {
    if (this.inside === this.limit) {
      this.waiting.add(entrant)
      return
    }
    this.inside++
    entrant.enter()
  }

  /** Takes one out of the queue; one that is inside, or was never there, is not concerned. */
  withdraw(entrant: Entrant): void {
    this.waiting.delete(entrant)
  }

  /** One that was inside is out. */
  leave(): void {
    const [next] = this.waiting
    if (!next) {
      this.inside--
      return
    }
    this.waiting.delete(next)
    next.enter()
  }
}

/** What waits at a gate. */
export interface Entrant {
  /** Called when it may go in; it must not throw, and must see to it that `leave` is called once. */
  enter(): void
}

/**
 * Lets only so many in at a time, and so many in one turn of the event loop, the others in their order. Between two turns
 * the loop does what else there is to do: those who come in never hold it up for longer than one turn's worth of them.
 */
export class Gate {
  private readonly limit: number
  private readonly perTurn: number
  private readonly waiting = new Set<Entrant>()
  private inside = 0
  private entered = 0

  constructor(limit: number, perTurn: number) {
    this.limit = limit
    this.perTurn = perTurn
  }

  admit(entrant: Entrant): void {
    if (this.isOpen) this.letIn(entrant)
    else this.waiting.add(entrant)
  }

  /** Takes one out of the queue; one that is inside, or was never there, is not concerned. */
  withdraw(entrant: Entrant): void {
    this.waiting.delete(entrant)
  }

  /** One that was inside is out. */
  leave(): void {
    this.inside--
    this.letNextIn()
  }

  private get isOpen(): boolean {
    return this.inside < this.limit && this.entered < this.perTurn
  }

  private letIn(entrant: Entrant): void {
    if (this.entered === 0) setImmediate(this.onNextTurn)
    this.entered++
    this.inside++
    entrant.enter()
  }

  private letNextIn(): void {
    for (const next of this.waiting) {
      if (!this.isOpen) return
      this.waiting.delete(next)
      this.letIn(next)
    }
  }

  private readonly onNextTurn = (): void => {
    this.entered = 0
    this.letNextIn()
  }
}

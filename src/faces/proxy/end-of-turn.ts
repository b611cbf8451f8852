/** Something that is to be written. */
export interface Writer {
  /** Writes it; called once for each time that it was put off. */
  leave(): void
}

let due: Writer[] = []

function leaveTogether(): void {
  const writers = due
  due = []
  for (const writer of writers) writer.leave()
}

/**
 * Puts a write off until all that came in this turn of the event loop was read. One system call after the other wakes each
 * peer once for all that it gets; with other work in between it would fall asleep, and be woken again and again.
 */
export function atEndOfTurn(writer: Writer): void {
  if (due.push(writer) === 1) setImmediate(leaveTogether)
}

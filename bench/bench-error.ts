/** A failure whose message tells the person at the keyboard all that is needed; it is printed without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
}

/** A pending timer; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void
}

/** Time as the core sees it, so that tests can turn the hands. */
export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean anything. */
  now(): number
  /** Milliseconds since 1970-01-01 UTC, for what people read. */
  wallTimeMs(): number
  /** Calls `action` once after `delayMs`; a pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer
}

/** Chance as the core sees it: uniform in [0, 1). */
export interface Random {
  next(): number
}

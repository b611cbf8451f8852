/** An address that a face is bound to, with the clients it has there. */
export interface BoundListener {
  /** Accepts no more, and resolves when nothing is under way any more; cuts what is when `signal` aborts. */
  drain(signal: AbortSignal): Promise<void>
}

/** One way of handing clients the answer of the core: a server that takes its settings whole, the first or others. */
export interface Face<Settings, Listener extends BoundListener> {
  /** What it serves at; undefined before the first settings were taken. */
  readonly listener: Listener | undefined
  /** Where it listens, as the socket has it; undefined before that. */
  readonly address: string | undefined
  /**
   * Binds what other settings want bound, as the first half of taking them over.
   * @returns the listener to hand to `take`; the one there is, if it fits
   * @throws PointsmanError LISTEN_FAILED; everything stays as it was then
   */
  bind(settings: Settings): Promise<Listener>
  /**
   * Takes over other settings at once; resolves when clients of an address that was let go are through.
   * @param signal when it aborts, what is under way there is cut
   */
  take(settings: Settings, listener: Listener, signal: AbortSignal): Promise<void>
  /** Resolves when nothing is under way any more; cuts what is when `signal` aborts. */
  stop(signal: AbortSignal): Promise<void>
}

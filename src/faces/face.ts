/** One way of handing the director's answer to clients. */
export interface Face {
  readonly name: string
  /** Resolves when the face serves; rejects with LISTEN_FAILED when it cannot. */
  start(): Promise<void>
  /**
   * Stops accepting and resolves when nothing is under way any more.
   * @param signal when it aborts, what is still under way is cut
   */
  stop(signal: AbortSignal): Promise<void>
}

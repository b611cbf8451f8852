const DEADLINE_MS = 10_000

/** Lets a test await a state that changes only when `notify` is called. */
export class Changes {
  private readonly watchers = new Set<() => void>()

  /** Says that something has changed. */
  notify(): void {
    for (const watch of this.watchers) watch()
  }

  /**
   * What `look` gives as soon as it gives something.
   * @param describe what there is instead, for the error
   * @throws Error when `look` throws, or gives nothing within 10 s
   */
  until<T>(look: () => T | undefined, describe: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(deadline)
        this.watchers.delete(watch)
        action()
      }
      const fail = (why: string) => settle(() => reject(new Error(`${why}; ${describe()}`)))
      const deadline = setTimeout(() => fail('nothing in time'), DEADLINE_MS)
      const watch = () => {
        try {
          const found = look()
          if (found !== undefined) settle(() => resolve(found))
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error))
        }
      }
      this.watchers.add(watch)
      watch()
    })
  }
}

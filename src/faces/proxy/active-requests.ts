/** A link of one list. */
export interface Link<T> {
  before: T | undefined
  behind: T | undefined
}

/**
 * The requests of a connection that are under way, in the order in which they came; each is a link itself. A set would cost an
 * HTTP/1 connection, which has one at a time, a new table with each of them.
 */
export class ActiveRequests<T extends Link<T>> {
  size = 0
  private first: T | undefined
  private last: T | undefined

  add(request: T): void {
    request.before = this.last
    if (this.last) this.last.behind = request
    else this.first = request
    this.last = request
    this.size++
  }

  /** Takes out one that was added, and not taken out yet. */
  delete(request: T): void {
    const { before, behind } = request
    if (before) before.behind = behind
    else this.first = behind
    if (behind) behind.before = before
    else this.last = before
    request.before = request.behind = undefined
    this.size--
  }

  /** All that are in it now, whatever becomes of them meanwhile. */
  toArray(): T[] {
    const all: T[] = []
    for (let request = this.first; request; request = request.behind) all.push(request)
    return all
  }
}

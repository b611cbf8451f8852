import type { PointsmanError } from '../core/errors.js'
import type { Target } from '../core/target.js'

/** Tells who the targets of one group are, for as long as it is watched. */
export interface Source {
  /**
   * Yields whole lists, in the order of preference of whoever wrote them; the same list may come again. An error in
   * between says why nobody vouches for the last list until the next one comes.
   * @param signal when it aborts, the iteration ends without an error, also in the middle of a wait
   * @throws PointsmanError when the source cannot go on; `watch` may then be called anew
   */
  watch(signal: AbortSignal): AsyncIterable<readonly Target[] | PointsmanError>
}

/** Something that target lists depend on went away or came back; told once per change. */
export interface SourceTransition {
  /** What it is: `name web.internal`, `service _http._tcp.web.internal`, or `source`. */
  readonly subject: string
  /** Why it is not there; undefined when it is there again. */
  readonly error: PointsmanError | undefined
}

/** Takes what a source has to tell; must not throw. */
export type SourceReport = (transition: SourceTransition) => void

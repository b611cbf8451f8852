import type { Condition } from './document.js'

/** A condition made ready to be asked of the request that its arguments hold. */
export interface Test {
  readonly condition: Condition
  /** Never throws. */
  readonly holds: () => boolean
  /** What of the request it looked at, in words; asked after `holds`. */
  readonly why: () => string
  /** Those inside of a junction. */
  readonly parts?: readonly [Test, Test]
}

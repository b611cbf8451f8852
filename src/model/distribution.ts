import { thresholdOf, type Threshold } from './bucket.js'
import type { ClientKey } from './client-key.js'
import type { Decision } from './decision.js'
import type { Slice } from './document.js'

interface CompiledSlice {
  readonly decision: Decision
  readonly end: Threshold
  /** In percent: where it begins, and ends. */
  readonly from: number
  readonly to: number
}

/**
 * The slices one after the other in the hash space. A client belongs to the first one that ends behind its hash, so that growing a
 * slice keeps all who are in it, and takes only from the next.
 */
export class Distribution {
  private readonly slices: readonly CompiledSlice[]
  private readonly key: ClientKey

  constructor(slices: readonly Slice[], key: ClientKey) {
    this.key = key
    // Summed up in doubles and in this order, as Redirector does.
    let to = 0
    this.slices = slices.map(({ percent, server }) => {
      const from = to
      to += percent
      const decision: Decision = Object.freeze({ by: 'distribution', name: server.name, server })
      return { decision, end: thresholdOf(to), from, to }
    })
  }

  /** Undefined for who belongs to no slice. */
  decide(): Decision | undefined {
    for (const { end, decision } of this.slices) if (this.key.isWithin(end)) return decision
    return undefined
  }

  /** Why it decides as it does, in one sentence. */
  inWords(): string {
    if (this.slices.length === 0) return 'There is no distribution.'
    const slice = this.slices.find(({ end }) => this.key.isWithin(end))
    const where = slice
      ? `the slice from ${shortened(slice.from)} to ${shortened(slice.to)} %`
      : 'no slice'
    return `The client is in ${where}: ${this.key.inWords()}.`
  }
}

/** Without what sums of doubles leave behind the point. */
function shortened(percent: number): string {
  return String(Number(percent.toFixed(4)))
}

import { ERROR_KINDS, type ErrorCode } from '../../core/errors.js'
import type { Metric, Sample } from '../exposition.js'
import type { Observed } from '../observed.js'
import type { ServiceTotals } from '../service-totals.js'

type Samples = Metric<Observed>['samples']

/** Things that are counted one by one. */
export interface Kind<T> {
  readonly of: (totals: ServiceTotals) => Iterable<T>
  /** The values of the labels that name one of them. */
  readonly labels: (each: T) => readonly string[]
}

/** Every error code, as values of a label. */
export const CODES = Object.keys(ERROR_KINDS) as readonly ErrorCode[] // The keys of a constant of ours.

/** One sample of each thing. */
export function each<T>(kind: Kind<T>, read: (each: T) => Sample[1]): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) yield [kind.labels(it), read(it)]
  }
}

/** One sample of each thing for each key, which is the value of one more label; those that are 0 are left out. */
export function eachBy<T, K extends string>(
  kind: Kind<T>,
  keys: readonly K[],
  read: (each: T, key: K) => number,
): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) {
      const labels = kind.labels(it)
      for (const key of keys) {
        const value = read(it, key)
        if (value !== 0) yield [[...labels, key], value]
      }
    }
  }
}

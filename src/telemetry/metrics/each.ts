import { ERROR_KINDS, type ErrorCode } from '../../core/errors.js'
import type { Metric, Sample } from '../exposition.js'
import type { Observed } from '../observed.js'
import type { ServiceTotals } from '../service-totals.js'
import { ENDINGS } from '../tally.js'
import type { Totals } from '../totals.js'

type Samples = Metric<Observed>['samples']

/** Things that are counted one by one. */
export interface Kind<T> {
  readonly of: (totals: ServiceTotals) => Iterable<T>
  /** The values of the labels that name one of them. */
  readonly labels: (each: T) => readonly string[]
}

/** One sample of each thing. */
export function each<T>(kind: Kind<T>, read: (each: T) => Sample[1]): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) yield [kind.labels(it), read(it)]
  }
}

/** One sample of each thing for each way in which requests end. */
export function eachEnding<T extends Totals>(kind: Kind<T>): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) {
      const labels = kind.labels(it)
      for (const ending of ENDINGS) yield [[...labels, ending], it.ever.requests(ending)]
    }
  }
}

const CODES = Object.keys(ERROR_KINDS) as readonly ErrorCode[] // The keys of a constant of ours.

/** One sample of each thing for each error that it met. */
export function eachError<T extends Totals>(kind: Kind<T>): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) {
      const labels = kind.labels(it)
      for (const code of CODES) {
        const count = it.ever.errors(code)
        if (count > 0) yield [[...labels, code], count]
      }
    }
  }
}

import type { HealthSettings, LimitSettings } from '../core/group-settings.js'
import { milliseconds, oneOf, wholeNumber } from './parsers.js'
import type { Values, Variables } from './variable.js'

const MOST_RETRIES = 100
const MOST_FAILURES = 1000
const MOST_REQUESTS = 1_000_000

/** What a group does about targets that fail, and about more requests than they take. */
export const resilienceMembers = {
  RETRIES: {
    parse: wholeNumber(0, MOST_RETRIES),
    default: '1',
    meaning:
      'further targets tried after one that failed, when [that is safe](proxy.md#choosing-a-target-and-another-one)',
    example: '2',
  },
  OUTLIER_FAILURES: {
    parse: wholeNumber(0, MOST_FAILURES),
    default: '5',
    meaning:
      '[failed requests](proxy.md#targets-that-fail) in a row that eject a target for a while; at most half of a group is ejected, and never its last target that serves; `0` = none is',
    example: '0',
  },
  OUTLIER_EJECTION: {
    parse: milliseconds(),
    default: '10000',
    unit: 'ms',
    meaning:
      'how long a target is ejected; twice as long each time it happens again, up to 5 minutes',
    example: '30000',
  },
  ALL_DOWN: {
    parse: oneOf(['none', 'all', 'last']),
    default: 'none',
    meaning:
      'who serves when checks find every target unhealthy: `none` nobody (503), `all` all of them, `last` the one that was healthy last',
    example: 'all',
  },
  MAX_CONNECTIONS: {
    parse: wholeNumber(0, MOST_REQUESTS),
    default: '0',
    meaning: 'requests under way at one target; further ones wait for their turn; `0` = no limit',
    example: '100',
  },
  MAX_QUEUE: {
    parse: wholeNumber(0, MOST_REQUESTS),
    default: '1024',
    meaning:
      'requests that wait for their turn in the group; further ones are answered 503, as is one whose turn does not come within `CONNECTION_TIMEOUT`',
    example: '0',
  },
} as const satisfies Variables

/** The settings of a group that its values stand for. */
export function resilienceSettings(
  values: Values<typeof resilienceMembers>,
): { readonly retries: number } & Omit<HealthSettings, 'rise' | 'fall' | 'failback' | 'role'> &
  LimitSettings {
  return {
    retries: values.RETRIES,
    outlierFailures: values.OUTLIER_FAILURES,
    outlierEjectionMs: values.OUTLIER_EJECTION,
    allDown: values.ALL_DOWN,
    maxConnections: values.MAX_CONNECTIONS,
    maxQueue: values.MAX_QUEUE,
  }
}

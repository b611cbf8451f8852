import { ERROR_KINDS, type ErrorCode } from './errors.js'

/**
 * How one attempt at a target ended: with an answer that was passed on whole, or with an error. `latencyMs` is the time
 * from sending to the head of the response, or to the error when no head came.
 */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly latencyMs: number }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly latencyMs: number }

/** What an outcome says of the target: `neither` when it says nothing, as when the client went away. */
export type Verdict = 'success' | 'failure' | 'neither'

/**
 * Errors on the way to a target that do not speak against it: an idle connection that it closed in its own right, a request
 * that its protocol cannot carry, a tunnel that nobody used, and what was cut because others had found it unhealthy, which
 * must not count twice.
 */
const BLAMELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TARGET_CLOSED_REUSED',
  'TARGET_UNHEALTHY',
  'TRANSPORT_UNSUPPORTED',
  'TUNNEL_IDLE',
])

/** Not Implemented, HTTP Version Not Supported: the client asked for what this server does not do. */
const CLIENTS_CHOICE: ReadonlySet<number> = new Set([501, 505])

/**
 * Judges an outcome for passive health. Failures are those on the way to the target and back (refused, reset, too slow,
 * malformed, cut) and its 5xx answers but 501 and 505.
 *
 * That is HAProxy's `observe layer7`, and Envoy's `consecutive_5xx` but for those two. Counting 5xx is what takes out a target
 * that fails fast, which otherwise attracts requests from every algorithm that looks at load or latency; an application that
 * answers 5xx everywhere is not lost by it, since at most half of its targets are ejected, and one success begins the count anew.
 */
export function judge(outcome: Outcome): Verdict {
  if (outcome.kind === 'answer')
    return outcome.status >= 500 && !CLIENTS_CHOICE.has(outcome.status) ? 'failure' : 'success'
  if (ERROR_KINDS[outcome.code].origin !== 'target') return 'neither'
  return BLAMELESS.has(outcome.code) ? 'neither' : 'failure'
}

/** An outcome in a few words for the reason of a transition: `status 503`, `CONNECT_REFUSED`. */
export function describe(outcome: Outcome): string {
  return outcome.kind === 'answer' ? `status ${outcome.status}` : outcome.code
}

/** What one data plane has seen of one target since it last told. */
export interface TargetOutcomes {
  readonly id: string
  /** A request succeeded after those failures that were told before. */
  readonly recovered: boolean
  /** Requests that failed since then, without one that succeeded after them. */
  readonly failures: number
  /** How the last of them failed. */
  readonly reason: string
}

/** What one data plane has seen of one group since it last told. */
export interface GroupOutcomes {
  readonly group: string
  readonly targets: readonly TargetOutcomes[]
}

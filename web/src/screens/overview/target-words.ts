import type { TargetState } from '../../../../src/core/health.js'
import type { TargetView } from '../../../../src/manage/status.js'

/** What each state means, where no reason is given. */
const MEANINGS: Readonly<Record<TargetState, string>> = {
  healthy: 'Its checks pass',
  unknown: 'No check has told how it is',
  unhealthy: 'Its checks fail',
  ejected: 'Requests to it failed',
  draining: 'It gets no new requests',
  disabled: 'It was taken out of service',
}

/** Why a target is as it is, in words. */
export function reasonOf({ state, reason }: Pick<TargetView, 'state' | 'reason'>): string {
  return reason === '' ? MEANINGS[state] : reason
}

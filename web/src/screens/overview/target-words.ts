import type { TargetState } from '../../../../src/core/health.js'
import type { TargetView } from '../../../../src/manage/status.js'
import type { Tone } from '../../components/badge.js'
import type { IconName } from '../../components/icon.js'

interface StateWords {
  readonly tone: Tone
  readonly icon: IconName
  /** What it means where no reason is given. */
  readonly meaning: string
}

/** How a state looks, and what it means. */
export const STATES: Readonly<Record<TargetState, StateWords>> = {
  healthy: { tone: 'good', icon: 'good', meaning: 'Its checks pass' },
  unknown: { tone: 'neutral', icon: 'waiting', meaning: 'No check has ended yet' },
  unhealthy: { tone: 'bad', icon: 'bad', meaning: 'Its checks fail' },
  ejected: { tone: 'warning', icon: 'warning', meaning: 'Requests to it failed' },
  draining: { tone: 'warning', icon: 'paused', meaning: 'It gets no new requests' },
  disabled: { tone: 'neutral', icon: 'paused', meaning: 'It was taken out of service' },
}

/** Why a target is as it is, in words. */
export function reasonOf({ state, reason }: Pick<TargetView, 'state' | 'reason'>): string {
  return reason === '' ? STATES[state].meaning : reason
}

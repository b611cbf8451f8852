import type { JSX } from 'preact'
import type { TargetState } from '../../../../src/core/health.js'
import { Badge, type Tone } from '../../components/badge.js'
import type { IconName } from '../../components/icon.js'

const LOOKS: Readonly<Record<TargetState, { tone: Tone; icon: IconName }>> = {
  healthy: { tone: 'good', icon: 'good' },
  unknown: { tone: 'neutral', icon: 'waiting' },
  unhealthy: { tone: 'bad', icon: 'bad' },
  ejected: { tone: 'warning', icon: 'warning' },
  draining: { tone: 'warning', icon: 'paused' },
  disabled: { tone: 'neutral', icon: 'paused' },
}

/** The state of a target. */
export function TargetBadge({ state }: { readonly state: TargetState }): JSX.Element {
  const { tone, icon } = LOOKS[state]
  return (
    <Badge tone={tone} icon={icon}>
      {state}
    </Badge>
  )
}

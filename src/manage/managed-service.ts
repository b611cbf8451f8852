import type { PointsmanError } from '../core/errors.js'
import type { Observed, ObservedGroup } from '../telemetry/observed.js'

/** What the service is about. */
export type Phase = 'starting' | 'serving' | 'draining'

/** One target group as operators see it. */
export interface ManagedGroup extends ObservedGroup {
  readonly algorithm: string
  readonly source: ObservedGroup['source'] & {
    readonly kind: string
    readonly state: 'starting' | 'live' | 'lost'
    /** Why it is lost. */
    readonly error: PointsmanError | undefined
  }
}

/** What operators can ask about. */
export interface ManagedService extends Observed {
  readonly phase: Phase
  /** Why the service should not be sent clients now; empty when it should. */
  readonly obstacles: readonly string[]
  readonly groups: readonly ManagedGroup[]
}

import type { PointsmanError } from '../core/errors.js'
import type { TargetOverride } from '../core/health.js'
import type { StackRemoval } from '../model/stack-removal.js'
import type { FleetMember } from '../store/fleet.js'
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
  /** What operators have said of targets, by their ids. */
  readonly overrides: ReadonlyMap<string, TargetOverride>
}

/** Which of all processes this one is; its worker processes belong to it. */
export interface ProcessView {
  readonly host: string
  readonly pid: number
}

/** What operators can ask about. */
export interface ManagedService extends Observed {
  readonly process: ProcessView
  readonly phase: Phase
  /** Why the service should not be sent clients now; empty when it should. */
  readonly obstacles: readonly string[]
  readonly groups: readonly ManagedGroup[]
  /**
   * Does with a target as an operator wants, in all workers of this process, until told otherwise or its end; undefined goes
   * by the configuration again.
   * @returns false when there is no such group or target
   */
  override(group: string, target: string, override: TargetOverride | undefined): boolean
  /**
   * Takes the place away where hosts of an application register on a stack, `/DC/AZ/flavor`, unless one is there.
   * @throws PointsmanError SOURCE_LOST
   */
  removeStack(application: string, path: string): Promise<StackRemoval>
  /**
   * The gateways that are known to run.
   * @throws PointsmanError STORE_LOST
   */
  gateways(): Promise<readonly FleetMember[]>
  /** What serves by now, signed, for gateways that cannot ask the store; undefined without a key to sign it with. */
  signedBundle(): string | undefined
}

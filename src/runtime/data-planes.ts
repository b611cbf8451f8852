import type { Config } from '../config.js'
import type { GroupSnapshot, Snapshot } from '../core/snapshot.js'
import type { ModelNews } from '../model/served-model.js'

/** Everything that the control plane knows at one moment. */
export interface ServiceSnapshot extends Snapshot {
  /** Of all applications there are. */
  readonly models: readonly ModelNews[]
}

/** Where each face listens; undefined while it does not. */
export interface FaceAddresses {
  readonly proxy: string | undefined
  readonly gateway: string | undefined
  readonly dns: string | undefined
}

/** All data planes as the control plane sees them: one in this process, or one in each worker. */
export interface DataPlanes {
  /**
   * Takes a configuration together with the groups that belong to it, the first or another; resolves when it is in force.
   * @param snapshot gives the groups and models as they are at that moment
   * @param signal when it aborts, what is still under way at an address that was let go is cut
   * @throws PointsmanError LISTEN_FAILED; what was served before still is
   */
  apply(config: Config, snapshot: () => ServiceSnapshot, signal: AbortSignal): Promise<void>
  /** Takes a new view of one group. */
  update(group: GroupSnapshot): void
  /** Takes what is new of one application. */
  steer(news: ModelNews): void
  readonly addresses: FaceAddresses
  /** Resolves when nothing is under way any more; cuts what is when `signal` aborts. */
  stop(signal: AbortSignal): Promise<void>
}

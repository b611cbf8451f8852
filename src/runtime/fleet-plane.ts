import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import type { GatewayConfig } from '../config/gateway.js'
import type { Clock, Timer } from '../core/ports.js'
import type { FleetMember } from '../store/fleet.js'
import type { StoreReport } from '../store/model-store.js'
import { FleetNode, readFleet } from '../store/zookeeper/fleet-nodes.js'
import type { ObservedApplication } from '../telemetry/observed.js'
import { VERSION } from './version.js'

/** Many models may change at a time. */
const TELL_EVERY_MS = 100

/** What a fleet plane works with. */
export interface FleetPlaneOptions {
  readonly clock: Clock
  readonly sessions: SharedSessions
  readonly report: StoreReport
  /** The applications of this process. */
  readonly applications: () => readonly ObservedApplication[]
}

/** Tells other processes of this gateway, and who the others are. */
export class FleetPlane {
  private readonly options: FleetPlaneOptions
  private readonly id = randomUUID()
  private readonly startedAt: string
  private config: GatewayConfig | undefined
  private node: FleetNode | undefined
  private telling: Timer | undefined

  constructor(options: FleetPlaneOptions) {
    this.options = options
    this.startedAt = new Date(options.clock.wallTimeMs()).toISOString()
  }

  /** Takes a configuration, the first or another. */
  async apply({ gateway }: { readonly gateway: GatewayConfig | undefined }): Promise<void> {
    this.config = gateway
    const ensemble = this.ensemble
    if (!gateway?.isSteering || !ensemble) await this.leave()
    else this.node ??= new FleetNode(this.own, { ...this.options, settings: ensemble })
  }

  /** Versions that are served may be others now. */
  changed(): void {
    if (!this.node) return
    this.telling ??= this.options.clock.after(TELL_EVERY_MS, () => {
      this.telling = undefined
      this.node?.tell(this.own)
    })
  }

  /**
   * The gateways that are known to run: with models in ZooKeeper all that are connected to it, else this process alone.
   * @throws PointsmanError STORE_LOST
   */
  async members(): Promise<readonly FleetMember[]> {
    const ensemble = this.ensemble
    if (ensemble) return readFleet({ ...this.options, settings: ensemble })
    return this.config?.isSteering ? [this.own] : []
  }

  async leave(): Promise<void> {
    this.telling?.cancel()
    this.telling = undefined
    const { node } = this
    this.node = undefined
    await node?.close()
  }

  private get ensemble() {
    const store = this.config?.store
    return store?.kind === 'zookeeper' ? store.ensemble : undefined
  }

  private get own(): FleetMember {
    const { id, startedAt } = this
    const applications = this.options.applications().map((application) => {
      const { name, servedVersion = null, refusedVersion = null } = application
      return { name, servedVersion, refusedVersion }
    })
    return { id, host: hostname(), version: VERSION, startedAt, applications }
  }
}

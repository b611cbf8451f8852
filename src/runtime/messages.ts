import type { Config } from '../config.js'
import type { GroupOutcomes } from '../core/outcome.js'
import type { GroupSnapshot } from '../core/snapshot.js'
import type { ModelNews } from '../model/served-model.js'
import type { ProcessSample } from '../telemetry/process-meter.js'
import type { TrafficReport } from '../telemetry/traffic.js'
import type { FaceAddresses, ServiceSnapshot } from './data-planes.js'

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly kind: 'apply'; readonly config: Config; readonly snapshot: ServiceSnapshot }
  | { readonly kind: 'update'; readonly group: GroupSnapshot }
  | { readonly kind: 'model'; readonly news: ModelNews }
  /** Finish what is under way, within so long, and exit. */
  | { readonly kind: 'drain'; readonly graceMs: number }

/** What a worker says to the primary. */
export type ToPrimary =
  /** It listens to what it is told. */
  | { readonly kind: 'started' }
  /** The last configuration is in force. */
  | { readonly kind: 'applied'; readonly addresses: FaceAddresses }
  /** The last configuration cannot be served; the one before still is. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly GroupOutcomes[] }
  /** What it has counted since the last time. */
  | { readonly kind: 'traffic'; readonly report: TrafficReport }
  /** Its event loop turns. */
  | { readonly kind: 'beat'; readonly process: ProcessSample }

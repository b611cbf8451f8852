import type { Duplex } from 'node:stream'
import type { TrustedPeers } from '../../core/client-address.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { Target } from '../../core/target.js'
import type { Traffic } from '../../telemetry/traffic.js'
import type { Deadlines } from './deadlines.js'
import type { Forwarding } from './forwarding.js'
import type { ProxySettings } from './settings.js'
import type { FlatFields, Transport } from './transport/transport.js'

/** A target's 101, and the connection that is the client's from now on. */
export interface Switched {
  readonly status: number
  readonly fields: FlatFields
  readonly socket: Duplex
  /** Bytes that came with the answer. */
  readonly early: Buffer
}

/** What every forwarding needs and none changes. */
export interface ForwardContext {
  readonly settings: ProxySettings
  readonly trusted: TrustedPeers
  readonly deadlines: Deadlines
  readonly traffic: Traffic
  transportFor(target: Target, group: TargetGroup): Transport
  tunnel(forwarding: Forwarding, switched: Switched): void
  /** Called once, when neither client nor target has anything to do with it any more. */
  finished(forwarding: Forwarding): void
}

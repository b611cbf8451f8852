import type { ForwarderAddress } from './channel.js'

/** Who is asked for names outside the zone. */
export interface ForwardingSettings {
  /** In the order in which they are asked. */
  readonly forwarders: readonly ForwarderAddress[]
  /** Answers kept. */
  readonly cacheSize: number
  /** A label that tells this service from all others; the same in all of its processes. */
  readonly instance: string
}

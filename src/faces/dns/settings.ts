import type { ForwardingSettings } from './forwarder/settings.js'

/** One name of the zone whose addresses are those of a target group. */
export interface DnsRecord {
  /** The number in its variables' names. */
  readonly number: number
  /** Whole and in lower case, without its last dot: `www.ha.test`. */
  readonly name: string
  readonly targetGroup: string
  /** Addresses in one answer; 0 = all. */
  readonly answers: number
}

/** The DNS face as configured. Names are whole and in lower case, without their last dot. */
export interface DnsSettings {
  readonly host: string
  readonly port: number
  readonly zone: string
  /** Of every record, and of the news that there is none. */
  readonly ttlSeconds: number
  readonly nameServer: string
  /** IP literals of the name server, when its name is in the zone. */
  readonly nameServerAddresses: readonly string[]
  /** The mail address with a dot in place of its @. */
  readonly hostmaster: string
  readonly records: readonly DnsRecord[]
  /** Addresses and CIDRs that may ask for names outside the zone. */
  readonly allowRecursion: readonly string[]
  /** Undefined when nobody gets an answer to those. */
  readonly forwarding: ForwardingSettings | undefined
}

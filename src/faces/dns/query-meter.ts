import type { Counter, DnsTraffic } from '../../telemetry/dns-traffic.js'
import { RCODES, TYPES } from './codes.js'
import type { Query } from './message.js'

/** How a query came. */
export type Transport = 'udp' | 'tcp'

const RCODE_NAMES = new Map<number, string>(
  Object.entries(RCODES).map(([name, rcode]) => [rcode, name]),
)

/** Counts the queries of one transport; the types and rcodes that have no name here are counted together. */
export class QueryMeter {
  readonly transport: Transport
  private readonly traffic: DnsTraffic
  private readonly ignoredOnes: Counter
  private readonly received: Counter
  private readonly sent: Counter
  private readonly byType: ReadonlyMap<number, Counter[]>
  private readonly ofOtherTypes: Counter[]

  constructor(traffic: DnsTraffic, transport: Transport) {
    this.traffic = traffic
    this.transport = transport
    this.ignoredOnes = traffic.counter('ignored', transport)
    this.received = traffic.counter('receivedBytes', transport)
    this.sent = traffic.counter('sentBytes', transport)
    const types = Object.entries(TYPES)
    this.byType = new Map(types.map(([name, type]) => [type, this.countersOf(name)]))
    this.ofOtherTypes = this.countersOf('other')
  }

  answered({ type, message }: Query, rcode: number, sentBytes: number): void {
    const counter = (this.byType.get(type) ?? this.ofOtherTypes)[rcode]
    if (counter) counter.count++
    this.received.count += message.length
    this.sent.count += sentBytes
  }

  ignored(): void {
    this.ignoredOnes.count++
  }

  /** One counter for each rcode there may be. */
  private countersOf(type: string): Counter[] {
    const { traffic, transport } = this
    return Array.from({ length: RCODES.BADVERS + 1 }, (_, rcode) =>
      traffic.counter('queries', transport, type, RCODE_NAMES.get(rcode) ?? 'other'),
    )
  }
}

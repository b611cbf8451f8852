import { DnsCounters, type DnsCount, type DnsReport, type LabelledCounter } from './dns-traffic.js'
import { Durations, type DurationCounts } from './durations.js'

/** What all data planes together have counted of DNS, apart from what belongs to a target. */
export class DnsTotals {
  private readonly counters = new DnsCounters()
  private readonly durations = new Durations()
  private readonly connections = new Map<string, number>()

  /** @param process names the data plane among all there are */
  seen(process: string, { additions, tcpConnections, forwarding }: DnsReport): void {
    for (const [count, labels, by] of additions)
      // Those are counted with their target, and go when it does.
      if (count !== 'answers') this.counters.of(count, labels).count += by
    this.connections.set(process, tcpConnections)
    this.durations.add(forwarding)
  }

  /** A process is gone, and with it its connections. */
  gone(process: string): void {
    this.connections.delete(process)
  }

  all(count: DnsCount): Iterable<LabelledCounter> {
    return this.counters.all(count)
  }

  /** How long the answers to names outside the zone took that were not known at once. */
  get forwarding(): DurationCounts {
    return this.durations
  }

  /** Whether any data plane has ever reported. */
  get isUsed(): boolean {
    return this.connections.size > 0
  }

  /** Open TCP connections of clients. */
  get tcpConnections(): number {
    let sum = 0
    for (const open of this.connections.values()) sum += open
    return sum
  }
}

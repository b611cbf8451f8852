import { Durations, type DurationCounts } from './durations.js'
import { entry } from '../core/entry.js'

/** What is counted of DNS, and by which labels. */
export const DNS_COUNTS = {
  queries: ['transport', 'type', 'rcode'],
  ignored: ['transport'],
  receivedBytes: ['transport'],
  sentBytes: ['transport'],
  answers: ['name', 'group', 'target'],
  refusedConnections: ['reason'],
  forwarded: ['forwarder', 'outcome'],
  ignoredResponses: ['forwarder'],
  cacheLookups: ['result'],
} as const satisfies Record<string, readonly string[]>

/** One of the things that are counted. */
export type DnsCount = keyof typeof DNS_COUNTS

/** One number that grows. */
export interface Counter {
  count: number
}

/** A number under the values of its labels. */
export interface LabelledCounter extends Counter {
  readonly labels: readonly string[]
}

/** How much was added to a number. */
export type DnsAddition = readonly [count: DnsCount, labels: readonly string[], by: number]

/** What one data plane has seen of DNS since it last told: plain data, for other processes. */
export interface DnsReport {
  readonly additions: readonly DnsAddition[]
  /** Open at the end of it. */
  readonly tcpConnections: number
  readonly forwarding: DurationCounts
}

/** Numbers by what they count and by the values of their labels. */
export class DnsCounters {
  private readonly counters = new Map<DnsCount, Map<string, LabelledCounter>>()

  of(count: DnsCount, labels: readonly string[]): LabelledCounter {
    const ofCount = entry(this.counters, count, () => new Map<string, LabelledCounter>())
    return entry(ofCount, labels.join(' '), () => ({ labels, count: 0 }))
  }

  all(count: DnsCount): Iterable<LabelledCounter> {
    return this.counters.get(count)?.values() ?? []
  }

  /** Takes everything, and begins anew at 0. */
  *take(): Iterable<DnsAddition> {
    for (const [count, ofCount] of this.counters)
      for (const counter of ofCount.values()) {
        if (counter.count === 0) continue
        yield [count, counter.labels, counter.count]
        counter.count = 0
      }
  }

  /** Forgets the answers with targets that `keep` does not know, once they were taken. */
  prune(keep: (group: string, id: string) => boolean): void {
    const answers = this.counters.get('answers')
    for (const [key, { labels, count }] of answers ?? []) {
      const [, group = '', target = ''] = labels
      if (count === 0 && !keep(group, target)) answers?.delete(key)
    }
  }
}

/** What one data plane counts of DNS. */
export class DnsTraffic {
  /** How long the answers to names outside the zone took that were not known at once. */
  forwarding = new Durations()
  /** Open now. */
  tcpConnections = 0
  private toldTcpConnections = 0
  private readonly counters = new DnsCounters()

  /** Where something is counted, to be kept by those that count often; labels in the order of `DNS_COUNTS`. */
  counter(count: DnsCount, ...labels: readonly string[]): Counter {
    return this.counters.of(count, labels)
  }

  /** What happened since the last time; undefined when nothing did. */
  take(): DnsReport | undefined {
    const { forwarding, tcpConnections } = this
    const additions = [...this.counters.take()]
    const isQuiet = additions.length === 0 && tcpConnections === this.toldTcpConnections
    if (isQuiet) return undefined
    this.toldTcpConnections = tcpConnections
    this.forwarding = new Durations()
    const { buckets, seconds } = forwarding
    return { additions, tcpConnections, forwarding: { buckets: Array.from(buckets), seconds } }
  }

  /** Forgets the targets that `keep` does not know, once everything about them was told. */
  prune(keep: (group: string, id: string) => boolean): void {
    this.counters.prune(keep)
  }
}

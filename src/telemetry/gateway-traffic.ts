import { entry } from '../core/entry.js'

/** How the gateway answered: application, by what it was decided, status. */
export type GatewayLabels = readonly [application: string, by: string, status: string]

/** How often it answered so. */
export type GatewayAddition = readonly [labels: GatewayLabels, by: number]

/** What one data plane has answered since it last told: plain data, for other processes. */
export type GatewayReport = readonly GatewayAddition[]

interface LabelledCount {
  readonly labels: GatewayLabels
  count: number
}

/** The answers of the gateway, counted. */
export class GatewayCounts {
  /** By application; each has a few, so that looking through them costs less than a key made of all labels. */
  private readonly counts = new Map<string, LabelledCount[]>()

  add(labels: GatewayLabels, by: number): void {
    const [application, decidedBy, status] = labels
    const own = entry(this.counts, application, () => [])
    let counted = own.find(({ labels: [, b, s] }) => b === decidedBy && s === status)
    if (!counted) own.push((counted = { labels, count: 0 }))
    counted.count += by
  }

  all(): Iterable<LabelledCount> {
    return [...this.counts.values()].flat()
  }

  /** What was counted since the last time; counting begins anew. */
  take(): GatewayReport {
    const report = [...this.all()].map(({ labels, count }) => [labels, count] as const)
    this.counts.clear()
    return report
  }
}

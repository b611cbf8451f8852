import { entry } from './entry.js'

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
  private readonly counts = new Map<string, LabelledCount>()

  add(labels: GatewayLabels, by: number): void {
    entry(this.counts, labels.join(' '), () => ({ labels, count: 0 })).count += by
  }

  all(): Iterable<LabelledCount> {
    return this.counts.values()
  }

  /** What was counted since the last time; counting begins anew. */
  take(): GatewayReport {
    const report = [...this.counts.values()].map(({ labels, count }) => [labels, count] as const)
    this.counts.clear()
    return report
  }
}

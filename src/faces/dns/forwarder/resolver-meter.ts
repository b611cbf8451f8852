import type { Counter, DnsTraffic } from '../../../telemetry/dns-traffic.js'
import type { AskEnding } from './forwarder.js'
import type { CacheResult, ResolverCounts } from './forwarding-resolver.js'

/** Counts what a resolver does. */
export class ResolverMeter implements ResolverCounts {
  private readonly traffic: DnsTraffic
  private readonly results: Readonly<Record<CacheResult, Counter>>

  constructor(traffic: DnsTraffic) {
    this.traffic = traffic
    const counter = (result: CacheResult): Counter => traffic.counter('cacheLookups', result)
    this.results = {
      hit: counter('hit'),
      miss: counter('miss'),
      stale: counter('stale'),
      failure: counter('failure'),
    }
  }

  asked(forwarder: string, ending: AskEnding): void {
    this.traffic.counter('forwarded', forwarder, ending).count++
  }

  ignored(forwarder: string): void {
    this.traffic.counter('ignoredResponses', forwarder).count++
  }

  cached(result: CacheResult): void {
    this.results[result].count++
  }
}

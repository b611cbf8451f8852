import type { Metric } from './exposition.js'
import { DNS_METRICS } from './metrics/dns-metrics.js'
import { GATEWAY_METRICS } from './metrics/gateway-metrics.js'
import { GROUP_METRICS } from './metrics/group-metrics.js'
import { HOSTS_METRICS } from './metrics/hosts-metrics.js'
import { PROCESS_METRICS } from './metrics/process-metrics.js'
import { REQUEST_METRICS } from './metrics/request-metrics.js'
import { TARGET_METRICS } from './metrics/target-metrics.js'
import type { Observed } from './observed.js'

/** Every metric there is; `docs/metrics.md` lists them, and a test keeps the two equal. */
export const METRICS: readonly Metric<Observed>[] = [
  ...REQUEST_METRICS,
  ...TARGET_METRICS,
  ...GROUP_METRICS,
  ...GATEWAY_METRICS,
  ...DNS_METRICS,
  ...HOSTS_METRICS,
  ...PROCESS_METRICS,
]

import { DNS_COUNTS, type DnsCount } from '../dns-traffic.js'
import type { Metric, Sample } from '../exposition.js'
import type { Observed } from '../observed.js'

function counted(
  count: Exclude<DnsCount, 'answers'>,
  name: string,
  help: string,
): Metric<Observed> {
  return {
    name: `pointsman_dns_${name}`,
    type: 'counter',
    labels: DNS_COUNTS[count],
    help,
    *samples({ totals }) {
      for (const counter of totals.dns.all(count)) yield [counter.labels, counter.count]
    },
  }
}

function* answers({ totals }: Observed): Iterable<Sample> {
  for (const { group, target, answers: byName } of totals.targets())
    for (const [name, count] of byName) yield [[name, group, target], count]
}

/** What the DNS face was asked, and answered. */
export const DNS_METRICS: readonly Metric<Observed>[] = [
  counted(
    'queries',
    'queries_total',
    'Queries that were answered, by how and by what was asked for.',
  ),
  counted(
    'ignored',
    'ignored_total',
    'Messages that are none, or responses: they are not answered.',
  ),
  counted('receivedBytes', 'received_bytes_total', 'Bytes of the queries that were answered.'),
  counted('sentBytes', 'sent_bytes_total', 'Bytes of the answers.'),
  {
    name: 'pointsman_dns_answers_total',
    type: 'counter',
    labels: DNS_COUNTS.answers,
    help: 'How often the address of a target was in the answer to a name.',
    samples: answers,
  },
  {
    name: 'pointsman_dns_forwarding_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time that names outside the zone took to answer which were not known at once.',
    samples: ({ totals: { dns } }) => (dns.isUsed ? [[[], dns.forwarding]] : []),
  },
  {
    name: 'pointsman_dns_tcp_connections',
    type: 'gauge',
    labels: [],
    help: 'Open TCP connections of clients.',
    samples: ({ totals: { dns } }) => (dns.isUsed ? [[[], dns.tcpConnections]] : []),
  },
  counted(
    'refusedConnections',
    'refused_connections_total',
    'TCP connections closed at once, by which bound was reached.',
  ),
  counted('forwarded', 'forwarded_queries_total', 'Queries to forwarders, by what came of them.'),
  counted(
    'ignoredResponses',
    'ignored_responses_total',
    'Messages from forwarders that are not the response to the query.',
  ),
  counted(
    'cacheLookups',
    'cache_lookups_total',
    'Questions about names outside the zone, by what was kept.',
  ),
]

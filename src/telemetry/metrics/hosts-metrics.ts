import type { Metric, Sample } from '../exposition.js'
import type { Observed, ObservedHosts } from '../observed.js'

function ofFile(read: (hosts: ObservedHosts) => number): Metric<Observed>['samples'] {
  return ({ hosts }) => (hosts ? [[[], read(hosts)]] : [])
}

function* entries({ hosts }: Observed): Iterable<Sample> {
  for (const { name, group, address, target = '' } of hosts?.entries ?? [])
    if (address !== undefined) yield [[name, group, address, target], 1]
}

/** The hosts file; absent while none is kept. */
export const HOSTS_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_hosts_entry_info',
    type: 'gauge',
    labels: ['name', 'group', 'address', 'target'],
    help: 'Always 1, under the address that a name has in the hosts file.',
    samples: entries,
  },
  {
    name: 'pointsman_hosts_file_in_force',
    type: 'gauge',
    labels: [],
    help: 'Whether the hosts file is as it should be: 1, or 0.',
    samples: ofFile(({ failure }) => Number(failure === undefined)),
  },
  {
    name: 'pointsman_hosts_rewrites_total',
    type: 'counter',
    labels: [],
    help: 'How often the hosts file was written.',
    samples: ofFile(({ rewrites }) => rewrites),
  },
  {
    name: 'pointsman_hosts_repairs_total',
    type: 'counter',
    labels: [],
    help: 'How often it was written because somebody else had changed the block.',
    samples: ofFile(({ repairs }) => repairs),
  },
  {
    name: 'pointsman_hosts_failures_total',
    type: 'counter',
    labels: [],
    help: 'How often it could not be read or written.',
    samples: ofFile(({ failures }) => failures),
  },
]

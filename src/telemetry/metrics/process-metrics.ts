import type { Metric } from '../exposition.js'
import type { Observed } from '../observed.js'
import type { ProcessSample } from '../process-meter.js'
import { each, type Kind } from './each.js'

const PROCESSES: Kind<readonly [string, ProcessSample]> = {
  of: ({ processes }) => processes,
  labels: ([name]) => [name],
}

/** The program, and each process of it. */
export const PROCESS_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1, under the versions of Pointsman and of Node.js.',
    samples: ({ version }) => [[[version, process.version], 1]],
  },
  {
    name: 'pointsman_start_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the service was started, in seconds since 1970-01-01 UTC.',
    samples: ({ startedAtMs }) => [[[], startedAtMs / 1000]],
  },
  {
    name: 'pointsman_process_cpu_seconds_total',
    type: 'counter',
    labels: ['process'],
    help: 'Time that a process was on a processor, of user and system.',
    samples: each(PROCESSES, ([, { cpuSeconds }]) => cpuSeconds),
  },
  {
    name: 'pointsman_process_resident_memory_bytes',
    type: 'gauge',
    labels: ['process'],
    help: 'Memory of a process that is resident.',
    samples: each(PROCESSES, ([, { residentBytes }]) => residentBytes),
  },
  {
    name: 'pointsman_process_heap_used_bytes',
    type: 'gauge',
    labels: ['process'],
    help: 'Memory that the JavaScript objects of a process take up.',
    samples: each(PROCESSES, ([, { heapUsedBytes }]) => heapUsedBytes),
  },
  {
    name: 'pointsman_process_event_loop_delay_seconds',
    type: 'histogram',
    labels: ['process'],
    help: 'By how much the event loop of a process was late for a timer, probed twenty times a second.',
    samples: each(PROCESSES, ([, { delays }]) => delays),
  },
]

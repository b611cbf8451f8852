import { ERROR_KINDS, type ErrorCode } from '../core/errors.js'
import type { Metric, Sample } from './exposition.js'
import type { Observed, ObservedGroup } from './observed.js'
import type { ProcessSample } from './process-meter.js'
import type { ServiceTotals } from './service-totals.js'
import { ENDINGS } from './tally.js'
import type { RuleTotals, TargetTotals } from './totals.js'

type Samples = Metric<Observed>['samples']

/** Things that are counted one by one. */
interface Kind<T> {
  readonly of: (totals: ServiceTotals) => Iterable<T>
  readonly labels: (each: T) => readonly string[]
}

const RULES: Kind<RuleTotals> = {
  of: (totals) => totals.rules(),
  labels: ({ rule, group }) => [rule === 0 ? '' : String(rule), group],
}

const TARGETS: Kind<TargetTotals> = {
  of: (totals) => totals.targets(),
  labels: ({ group, target }) => [group, target],
}

const PROCESSES: Kind<readonly [string, ProcessSample]> = {
  of: ({ processes }) => processes,
  labels: ([name]) => [name],
}

/** One sample of each. */
function each<T>(kind: Kind<T>, read: (each: T) => Sample[1]): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) yield [kind.labels(it), read(it)]
  }
}

/** One sample of each for each key, but those that are 0. */
function eachBy<T, K extends string>(
  kind: Kind<T>,
  keys: readonly K[],
  read: (each: T, key: K) => number,
): Samples {
  return function* ({ totals }) {
    for (const it of kind.of(totals)) {
      const labels = kind.labels(it)
      for (const key of keys) {
        const value = read(it, key)
        if (value !== 0) yield [[...labels, key], value]
      }
    }
  }
}

function* states({ groups }: Observed): Iterable<Sample> {
  for (const { name, targets } of groups)
    for (const { target, state } of targets) yield [[name, target.id, state], 1]
}

function* transitions({ totals }: Observed): Iterable<Sample> {
  for (const { group, target, transitions } of totals.targets())
    for (const [state, count] of transitions) yield [[group, target, state], count]
}

function* checks({ totals }: Observed): Iterable<Sample> {
  for (const [group, { checksPassed, checksFailed }] of totals.groups()) {
    if (checksPassed.seconds + checksFailed.seconds === 0) continue
    yield [[group, 'passed'], checksPassed]
    yield [[group, 'failed'], checksFailed]
  }
}

function* sourceAges({ groups }: Observed): Iterable<Sample> {
  for (const { name, source } of groups)
    if (source.ageMs !== undefined) yield [[name], source.ageMs / 1000]
}

function ofGroups(read: (group: ObservedGroup) => number): Samples {
  return ({ groups }) => groups.map((group): Sample => [[group.name], read(group)])
}

const CODES = Object.keys(ERROR_KINDS) as readonly ErrorCode[] // The keys of a constant of ours.
const BY_RULE = ['rule', 'group']
const BY_TARGET = ['group', 'target']

/** Requests as clients see them: each counted once, when it is over. */
const OF_REQUESTS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_requests_total',
    type: 'counter',
    labels: [...BY_RULE, 'status'],
    help: 'Requests that are over, by the class of the status that the client got.',
    samples: eachBy(RULES, ENDINGS, ({ ever }, ending) => ever.requests(ending)),
  },
  {
    name: 'pointsman_request_duration_seconds',
    type: 'histogram',
    labels: BY_RULE,
    help: 'Time from the head of a request to the end of its response; without upgraded connections.',
    samples: each(RULES, ({ ever }) => ever),
  },
  {
    name: 'pointsman_errors_total',
    type: 'counter',
    labels: [...BY_RULE, 'code'],
    help: 'Requests that ended with an error, by its code.',
    samples: eachBy(RULES, CODES, ({ ever }, code) => ever.errors(code)),
  },
  {
    name: 'pointsman_request_bytes_total',
    type: 'counter',
    labels: BY_RULE,
    help: 'Bytes of the bodies of requests; of upgraded connections all that clients sent.',
    samples: each(RULES, ({ ever }) => ever.receivedBytes),
  },
  {
    name: 'pointsman_response_bytes_total',
    type: 'counter',
    labels: BY_RULE,
    help: 'Bytes of the bodies of responses; of upgraded connections all that clients were sent.',
    samples: each(RULES, ({ ever }) => ever.sentBytes),
  },
  {
    name: 'pointsman_retries_total',
    type: 'counter',
    labels: BY_RULE,
    help: 'Further targets that requests were sent to, after the first had failed them.',
    samples: each(RULES, ({ ever }) => ever.retries),
  },
  {
    name: 'pointsman_queued_requests_total',
    type: 'counter',
    labels: BY_RULE,
    help: 'Requests that waited because every target had as many as it may have.',
    samples: each(RULES, ({ ever }) => ever.queuedRequests),
  },
  {
    name: 'pointsman_queue_wait_seconds_total',
    type: 'counter',
    labels: BY_RULE,
    help: 'Time that those requests waited, together.',
    samples: each(RULES, ({ ever }) => ever.queuedSeconds),
  },
]

/** Attempts at targets: a request that is tried again is one more. */
const OF_ATTEMPTS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_target_requests_total',
    type: 'counter',
    labels: [...BY_TARGET, 'status'],
    help: 'Attempts at a target that are over, by the class of the status it answered.',
    samples: eachBy(TARGETS, ENDINGS, ({ ever }, ending) => ever.requests(ending)),
  },
  {
    name: 'pointsman_target_requests_in_flight',
    type: 'gauge',
    labels: BY_TARGET,
    help: 'Attempts at a target that are under way.',
    samples: each(TARGETS, ({ inFlight }) => inFlight),
  },
  {
    name: 'pointsman_target_response_time_seconds',
    type: 'histogram',
    labels: BY_TARGET,
    help: 'Time from sending a request to the head of the response; to the end of the attempt where none came.',
    samples: each(TARGETS, ({ ever }) => ever),
  },
  {
    name: 'pointsman_target_errors_total',
    type: 'counter',
    labels: [...BY_TARGET, 'code'],
    help: 'Attempts at a target that ended with an error, by its code.',
    samples: eachBy(TARGETS, CODES, ({ ever }, code) => ever.errors(code)),
  },
  {
    name: 'pointsman_target_request_bytes_total',
    type: 'counter',
    labels: BY_TARGET,
    help: 'Bytes of the bodies of requests sent to a target.',
    samples: each(TARGETS, ({ ever }) => ever.receivedBytes),
  },
  {
    name: 'pointsman_target_response_bytes_total',
    type: 'counter',
    labels: BY_TARGET,
    help: 'Bytes of the bodies of responses of a target.',
    samples: each(TARGETS, ({ ever }) => ever.sentBytes),
  },
]

const OF_HEALTH: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_target_state',
    type: 'gauge',
    labels: [...BY_TARGET, 'state'],
    help: 'Always 1, under the state in which a target is; other states are absent.',
    samples: states,
  },
  {
    name: 'pointsman_target_transitions_total',
    type: 'counter',
    labels: [...BY_TARGET, 'state'],
    help: 'How often a target came into a state.',
    samples: transitions,
  },
  {
    name: 'pointsman_group_targets',
    type: 'gauge',
    labels: ['group'],
    help: 'Targets of a group.',
    samples: ofGroups(({ targets }) => targets.length),
  },
  {
    name: 'pointsman_group_serving_targets',
    type: 'gauge',
    labels: ['group'],
    help: 'Targets of a group that clients are sent to.',
    samples: ofGroups(({ targets }) => targets.filter(({ serves }) => serves).length),
  },
  {
    name: 'pointsman_check_duration_seconds',
    type: 'histogram',
    labels: ['group', 'result'],
    help: 'Time that health checks took, by how they ended.',
    samples: checks,
  },
  {
    name: 'pointsman_source_age_seconds',
    type: 'gauge',
    labels: ['group'],
    help: 'For how long the source of a group has been lost; 0 while it is live, absent before its first list.',
    samples: sourceAges,
  },
]

const OF_PROCESSES: readonly Metric<Observed>[] = [
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

/** Every metric there is; `docs/metrics.md` lists them, and a test keeps the two equal. */
export const METRICS: readonly Metric<Observed>[] = [
  ...OF_REQUESTS,
  ...OF_ATTEMPTS,
  ...OF_HEALTH,
  ...OF_PROCESSES,
]

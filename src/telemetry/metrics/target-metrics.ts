import type { Metric, Sample } from '../exposition.js'
import type { Observed } from '../observed.js'
import type { TargetTotals } from '../totals.js'
import { each, eachEnding, eachError, type Kind } from './each.js'

/** The targets that were ever tried. */
const TARGETS: Kind<TargetTotals> = {
  *of(totals) {
    for (const target of totals.targets()) if (target.wasTried) yield target
  },
  labels: ({ group, target }) => [group, target],
}

const BY_TARGET = ['group', 'target']

function* states({ groups }: Observed): Iterable<Sample> {
  for (const { name, targets } of groups)
    for (const { target, state } of targets) yield [[name, target.id, state], 1]
}

function* transitions({ totals }: Observed): Iterable<Sample> {
  for (const { group, target, transitions } of totals.targets())
    for (const [state, count] of transitions) yield [[group, target, state], count]
}

/** Attempts at targets, of which a request that is tried again is several, and the states of targets. */
export const TARGET_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_target_requests_total',
    type: 'counter',
    labels: [...BY_TARGET, 'status'],
    help: 'Attempts at a target that are over, by the class of the status it answered.',
    samples: eachEnding(TARGETS),
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
    samples: eachError(TARGETS),
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
]

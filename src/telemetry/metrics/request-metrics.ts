import type { Metric } from '../exposition.js'
import type { Observed } from '../observed.js'
import type { RuleTotals } from '../totals.js'
import { each, eachEnding, eachError, type Kind } from './each.js'

const RULES: Kind<RuleTotals> = {
  of: (totals) => totals.rules(),
  labels: ({ rule, group }) => [rule === 0 ? '' : String(rule), group],
}

const BY_RULE = ['rule', 'group']

/** Requests as clients see them: each is counted once, when it is over. */
export const REQUEST_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_requests_total',
    type: 'counter',
    labels: [...BY_RULE, 'status'],
    help: 'Requests that are over, by the class of the status that the client got.',
    samples: eachEnding(RULES),
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
    samples: eachError(RULES),
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

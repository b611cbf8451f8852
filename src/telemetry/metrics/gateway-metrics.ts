import type { Metric } from '../exposition.js'
import type { Observed, ObservedApplication, ObservedWatch } from '../observed.js'

type Samples = Metric<Observed>['samples']

function eachApplication(read: (application: ObservedApplication) => number | undefined): Samples {
  return function* ({ gateway }) {
    for (const application of gateway?.applications ?? []) {
      const value = read(application)
      if (value !== undefined) yield [[application.name], value]
    }
  }
}

function* ageOf(watch: ObservedWatch | undefined): Iterable<readonly [readonly string[], number]> {
  if (watch?.ageMs !== undefined) yield [[], watch.ageMs / 1000]
}

/** What the gateway answered, and by which models. */
export const GATEWAY_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_gateway_answers_total',
    type: 'counter',
    labels: ['application', 'by', 'status'],
    help: 'Answers to clients that asked where to go, by what decided and by the status.',
    *samples({ totals }) {
      for (const { labels, count } of totals.gateway.all()) yield [labels, count]
    },
  },
  {
    name: 'pointsman_gateway_model_version',
    type: 'gauge',
    labels: ['application'],
    help: 'Version of the model that serves.',
    samples: eachApplication(({ servedVersion }) => servedVersion),
  },
  {
    name: 'pointsman_gateway_model_refused',
    type: 'gauge',
    labels: ['application'],
    help: 'Whether the newest version of the model does not serve: 1, or 0.',
    samples: eachApplication(({ refusedVersion }) => Number(refusedVersion !== undefined)),
  },
  {
    name: 'pointsman_gateway_model_store_age_seconds',
    type: 'gauge',
    labels: [],
    help: 'For how long the store of models has been lost; 0 while it is live.',
    samples: ({ gateway }) => ageOf(gateway?.store),
  },
  {
    name: 'pointsman_gateway_discovery_age_seconds',
    type: 'gauge',
    labels: [],
    help: 'For how long nobody has known which hosts are registered; 0 while it is known.',
    samples: ({ gateway }) => ageOf(gateway?.discovery),
  },
]

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { readModel } from '../../model/read-model.js'
import { ExplanationView } from '../api/applications.js'
import { ImpactView } from '../api/changes.js'
import { modelIn } from '../changes/application-matter.js'
import { LARGEST_PROPOSAL_BYTES } from '../changes/bounds.js'
import { fieldProblems } from '../changes/change-views.js'
import { ApplicationName } from '../changes/subjects.js'
import { Refusal } from '../http/refusal.js'
import type { ApplicationWork } from './routes.js'
import type { Scenes } from './scenes.js'
import { explain, impactOf } from './trial.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const

const MOST_SAMPLES = 2000
const LARGEST_QUESTION_BYTES = 1 << 20

const RequestParameters = Type.Record(
  Type.String({ maxLength: 200 }),
  Type.String({ maxLength: 4096 }),
  { maxProperties: 200 },
)
const OfApplication = Type.Object({ app: ApplicationName })
const OfChange = Type.Object({ id: Type.String({ maxLength: 64 }) })
const Samples = Type.Optional(Type.Array(RequestParameters, { maxItems: MOST_SAMPLES }))
const Question = Type.Object({
  parameters: RequestParameters,
  /** Id of a change set that is looked at as if it were in force. */
  change: Type.Optional(Type.String({ maxLength: 64 })),
})
const Proposed = Type.Object({ document: Type.Unknown(), samples: Samples })

function explaining(app: FastifyInstance, scenes: Scenes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.post(
    '/api/applications/:app/explain',
    {
      config: viewer,
      bodyLimit: LARGEST_QUESTION_BYTES,
      schema: {
        summary: 'Where a request goes, and why',
        params: OfApplication,
        body: Question,
        response: { 200: ExplanationView },
      },
    },
    async ({ params, body, operator }) =>
      explain(await scenes.proposed(operator, params.app, body.change), body.parameters),
  )
}

function comparing(app: FastifyInstance, scenes: Scenes): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.post(
    '/api/applications/:app/impact',
    {
      config: viewer,
      bodyLimit: LARGEST_PROPOSAL_BYTES,
      schema: {
        summary: 'What a model would do to requests and hosts',
        params: OfApplication,
        body: Proposed,
        response: { 200: ImpactView },
      },
    },
    ({ params, body, operator }) => {
      operator.require('viewer', `application:${params.app}`)
      const read = readModel(body.document)
      if ('problems' in read)
        throw new Refusal(400, {
          detail: 'The document is not valid',
          errors: fieldProblems(read.problems, '/document'),
        })
      const { lists } = scenes
      const model = scenes.model(params.app)
      const comparison = {
        before: model && { model, lists },
        after: { model: read.content, lists },
        stacks: scenes.hosts(params.app),
      }
      return impactOf(comparison, body.samples)
    },
  )
}

function comparingChanges(app: FastifyInstance, scenes: Scenes, work: ApplicationWork): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  api.post(
    '/api/changes/:id/impact',
    {
      config: viewer,
      bodyLimit: LARGEST_PROPOSAL_BYTES,
      schema: {
        summary: 'What a change set would do to requests and hosts',
        params: OfChange,
        body: Type.Object({ samples: Samples }),
        response: { 200: ImpactView },
      },
    },
    async ({ params, body, operator }) => {
      const { document, matter } = await work.changes.content(operator, params.id)
      const written = matter.write(document)
      if (written.kind === 'lists') {
        const changed = new Set(Object.keys(document as object))
        return scenes.impactOfLists(operator, written.lists, changed, body.samples)
      }
      const { lists } = scenes
      const before = modelIn(matter.current(document))
      const comparison = {
        before: before && { model: before, lists },
        after: written.model && { model: written.model, lists },
        stacks: scenes.hosts(written.name),
      }
      return impactOf(comparison, body.samples)
    },
  )
}

/** Why a request goes where it goes, and what a change would do to requests. */
export function trialRoutes(app: FastifyInstance, scenes: Scenes, work: ApplicationWork): void {
  explaining(app, scenes)
  comparing(app, scenes)
  comparingChanges(app, scenes, work)
}

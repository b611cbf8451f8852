import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { ApplicationSummary, ApplicationView, ListView } from '../api/applications.js'
import type { ChangeWork } from '../changes/open-changes.js'
import { ApplicationName } from '../changes/subjects.js'
import type { Operator } from '../http/access.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import { etagOf } from '../http/versions.js'
import { summaryOf, viewOf, type ApplicationFacts } from './application-views.js'
import type { CompiledModels } from './compiled-models.js'
import { holds, ListUses, listView } from './list-views.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const

const OfApplication = Type.Object({ app: ApplicationName })
const OfList = Type.Object({ list: Type.String() })
const Items = <Item extends Parameters<typeof Type.Array>[0]>(item: Item) =>
  Type.Object({ items: Type.Array(item) })
const Lists = Type.Object({
  version: Type.Union([Type.Integer(), Type.Null()]),
  items: Type.Array(ListView),
})
const Query = Type.Object({
  values: Type.Optional(Type.Boolean()),
  /** A value: of the lists only those that hold it. */
  holds: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
})

/** What the routes of applications need beside the services. */
export interface ApplicationWork extends ChangeWork {
  readonly compiled: CompiledModels
}

function factsOf(name: string, { models, service }: ManageServices, { watch }: ChangeWork) {
  const known = models.get(name)
  if (!known) return undefined
  const served = service.gateway?.applications.find((each) => each.name === name)
  const open = watch.waiting.filter(
    ({ record: { subject } }) => subject.kind === 'application' && subject.name === name,
  )
  return {
    name,
    known,
    hosts: models.hosts(name),
    servedVersion: served?.servedVersion,
    openChanges: open.length,
  }
}

/** @throws Refusal 404 for an application that somebody may not see, or that is not there */
export type Seen = (operator: Operator, name: string) => void

/** @throws Refusal 404, also for who may not see it */
export function visibleFacts(
  operator: Operator,
  name: string,
  services: ManageServices,
  work: ChangeWork,
): ApplicationFacts {
  operator.require('viewer', `application:${name}`)
  const facts = factsOf(name, services, work)
  if (!facts) throw new Refusal(404, { detail: `There is no application ${name}` })
  return facts
}

/** `/api/applications`. */
export function applicationRoutes(
  app: FastifyInstance,
  services: ManageServices,
  work: ApplicationWork,
): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const { models } = services
  api.get(
    '/api/applications',
    {
      config: viewer,
      schema: { summary: 'All applications', response: { 200: Items(ApplicationSummary) } },
    },
    ({ operator }) => {
      const names = models.names().filter((name) => operator.may('viewer', `application:${name}`))
      const facts = names.map((name) => factsOf(name, services, work))
      return { items: facts.flatMap((each) => (each ? [summaryOf(each)] : [])) }
    },
  )
  api.get(
    '/api/applications/:app',
    {
      config: viewer,
      schema: {
        summary: 'An application with its model',
        params: OfApplication,
        response: { 200: ApplicationView },
      },
    },
    ({ params, operator }, reply) => {
      const facts = visibleFacts(operator, params.app, services, work)
      const { model, version } = facts.known
      const compiled = model && work.compiled.of(params.app, model, models.lists?.content ?? [])
      const warnings = compiled && 'application' in compiled ? compiled.application.warnings : []
      reply.header('etag', etagOf(version))
      return viewOf(facts, warnings)
    },
  )
}

/** `/api/lists`. */
export function listRoutes(app: FastifyInstance, { models }: ManageServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>()
  const usesFor = (operator: Operator): ListUses => {
    operator.require('viewer', 'lists')
    const uses = new ListUses()
    for (const name of models.names()) {
      const model = models.get(name)?.model
      if (model && operator.may('viewer', `application:${name}`)) uses.add(name, model)
    }
    return uses
  }
  const all = () => models.lists?.content ?? []
  api.get(
    '/api/lists',
    {
      config: viewer,
      schema: {
        summary: 'All lists, or those that hold a value, and the rules that use them',
        querystring: Query,
        response: { 200: Lists },
      },
    },
    ({ query, operator }) => {
      const uses = usesFor(operator)
      const { values = false, holds: value } = query
      const found = all().filter((list) => value === undefined || holds(list, value))
      const items = found.map((list) => listView(list, uses, values))
      return { version: models.lists?.version ?? null, items }
    },
  )
  api.get(
    '/api/lists/:list',
    {
      config: viewer,
      schema: { summary: 'A list with its values', params: OfList, response: { 200: ListView } },
    },
    ({ params, operator }, reply) => {
      const uses = usesFor(operator)
      const list = all().find(({ name }) => name === params.list)
      if (!list) throw new Refusal(404, { detail: `There is no list ${params.list}` })
      reply.header('etag', etagOf(models.lists?.version ?? 0))
      return listView(list, uses, true)
    },
  )
}

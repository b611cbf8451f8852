import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { PointsmanError } from '../../core/errors.js'
import { eventOf } from '../accounts/audit.js'
import { ApplicationName } from '../changes/subjects.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import type { Seen } from './routes.js'
import type { CommentsOnStacks } from './stack-comments.js'

/** Part of a stack's path; a node of ZooKeeper can have the name. */
const PathPart = Type.String({ pattern: '^(?!\\.{1,2}$)[^/\\s\\x00-\\x1f\\x7f]{1,200}$' })
const OfStack = Type.Object({
  app: ApplicationName,
  dc: PathPart,
  zone: PathPart,
  flavor: PathPart,
})

/** @throws Refusal for a stack with hosts that are known here */
function requireEmpty({ models }: ManageServices, application: string, path: string): void {
  const { stacks = [], origin } = models.hosts(application) ?? {}
  const { length } = stacks.find((each) => each.path === path)?.hosts ?? []
  if (length === 0) return
  const hosts = length === 1 ? 'is 1 host' : `are ${length} hosts`
  const hint = origin === 'frozen' ? '; have them reloaded, if they have gone' : ''
  throw new Refusal(409, { detail: `There ${hosts} on ${path}, and it stays${hint}` })
}

/**
 * Forgets a stack where it is stored and where hosts register.
 * @returns false when nobody knew of it
 * @throws Refusal for one with hosts
 */
async function forget(
  { service, store }: ManageServices,
  application: string,
  path: string,
): Promise<boolean> {
  const stored = await store.removeStack(application, path).catch((error: unknown) => {
    const isUnread = error instanceof PointsmanError && error.code === 'STORE_BROKEN'
    throw isUnread ? new Refusal(409, { detail: error.message }) : error
  })
  const registered = await service.removeStack(application, path)
  if (registered === 'has-hosts')
    throw new Refusal(409, { detail: `There are hosts registered on ${path}, and it stays` })
  // Hosts that are stored serve where nobody can tell who is registered.
  if (stored === 'has-hosts' && registered === 'unknown')
    throw new Refusal(409, { detail: `There are hosts stored for ${path}, and it stays` })
  return stored === 'removed' || registered === 'removed'
}

/** Removes a stack without hosts, and the comment on it, at once. */
export function stackRemovalRoute(
  app: FastifyInstance,
  services: ManageServices,
  comments: CommentsOnStacks,
  seen: Seen,
): void {
  app.withTypeProvider<TypeBoxTypeProvider>().delete(
    '/api/applications/:app/stacks/:dc/:zone/:flavor',
    {
      config: { access: { role: 'editor', on: 'any' } },
      schema: { summary: 'Remove a stack without hosts', params: OfStack },
    },
    async (request, reply) => {
      const { params, operator } = request
      const { app: name, dc, zone, flavor } = params
      seen(operator, name)
      const subject = `application:${name}` as const
      operator.require('editor', subject)
      const path = `/${dc}/${zone}/${flavor}`
      requireEmpty(services, name, path)
      const isForgotten = await forget(services, name, path)
      const event = eventOf(request, { action: 'stack-removed', subject, detail: path })
      const isTold = await comments.remove(name, path, event)
      if (!isForgotten && !isTold) throw new Refusal(404, { detail: `There is no stack ${path}` })
      if (!isTold) await services.audit.record(event)
      return reply.code(204).send()
    },
  )
}

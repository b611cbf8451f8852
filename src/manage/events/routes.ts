import type { FastifyInstance } from 'fastify'
import { authenticateBy } from '../accounts/authenticate.js'
import { summaryOf } from '../changes/change-record.js'
import type { ChangeWork } from '../changes/open-changes.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import { statusOf } from '../status.js'
import { EventOutlet } from './event-outlet.js'
import { EventStreams } from './event-streams.js'

const viewer = { access: { role: 'viewer', on: 'any' } } as const

const CONTENT_TYPE = 'text/event-stream; charset=utf-8'

/** `/api/events`: what happens, as it happens, to those who may know of it. */
export function eventRoutes(
  app: FastifyInstance,
  { service, models, accounts, clock }: ManageServices,
  { changes, watch }: ChangeWork,
): void {
  const streams = new EventStreams({
    clock,
    status: () => JSON.stringify(statusOf(service, clock.wallTimeMs())),
  })
  const leaveModels = models.onChange((change) => {
    const version = change.version ?? null
    if (change.kind === 'lists') streams.tell('lists', 'lists', '', { version })
    else {
      const { name } = change
      streams.tell('model', `application:${name}`, name, { application: name, version })
    }
  })
  const leaveChanges = watch.onChange(({ record }) => {
    const { key } = changes.matterOf(record.subject)
    streams.tell('change', key, record.id, summaryOf(record))
  })
  app.addHook('preClose', (done) => {
    leaveModels()
    leaveChanges()
    streams.end()
    done()
  })
  const authenticate = authenticateBy(accounts, false)
  app.get(
    '/api/events',
    {
      config: viewer,
      schema: {
        summary: 'What happens, as it happens',
        response: { 200: { type: 'string', contentMediaType: 'text/event-stream' } },
      },
    },
    (request, reply) => {
      const { operator } = request
      if (!streams.hasRoomFor(operator))
        throw new Refusal(429, {
          detail: 'Too many listen already',
          headers: { 'retry-after': '10' },
        })
      const { raw } = reply
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value)
      reply.hijack()
      // What is in between must not wait for more.
      raw.writeHead(200, { 'content-type': CONTENT_TYPE, 'x-accel-buffering': 'no' })
      const outlet = new EventOutlet(raw)
      const leave = streams.add(operator, {
        outlet,
        recognise: async () => (await authenticate(request, () => Promise.resolve()))?.operator,
      })
      raw.on('drain', () => outlet.drained())
      raw.on('close', () => leave())
    },
  )
}

import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { PointsmanError } from '../../core/errors.js'
import type { Log } from '../../telemetry/log.js'
import { sendProblem } from '../problem.js'
import { notSignedIn } from './access.js'
import { Refusal } from './refusal.js'

function sendRefusal(reply: FastifyReply, { status, parts }: Refusal): FastifyReply {
  const { detail, errors, current, headers = {} } = parts
  return sendProblem(reply.headers(headers), status, detail, {
    ...(errors && { errors }),
    ...(current !== undefined && { current }),
  })
}

function refusalOf(error: FastifyError | PointsmanError | Refusal): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof PointsmanError) {
    if (error.code === 'STORE_CONFLICT')
      return new Refusal(409, { detail: 'It has changed meanwhile; read it again' })
    if (error.code !== 'STORE_LOST' && error.code !== 'SOURCE_LOST') return undefined
    const detail = 'The store does not answer; nothing is known to have been changed'
    return new Refusal(503, { detail, headers: { 'retry-after': '1' } })
  }
  const { statusCode = 500, message } = error
  return statusCode < 500 ? new Refusal(statusCode, { detail: message }) : undefined
}

/** The methods of the routes that an address belongs to. */
class RouteBook {
  private readonly routes: { readonly method: string; readonly pattern: RegExp }[] = []

  add(methods: string | readonly string[], url: string): void {
    const source = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')
    const pattern = new RegExp(`^${source.replaceAll('*', '.*')}$`)
    for (const method of [methods].flat()) this.routes.push({ method, pattern })
  }

  methodsOf(path: string): readonly string[] {
    return this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  }
}

/**
 * Makes every error of an app a problem of RFC 9457. Whoever is not known is not told which addresses there are below `/api`.
 * Call it before there are routes.
 */
export function answerErrors(app: FastifyInstance, log: Log): void {
  const book = new RouteBook()
  app.addHook('onRoute', ({ method, url }) => book.add(method, url))
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    if (path.startsWith('/api/') && request.operator.name === '')
      return sendRefusal(reply, notSignedIn())
    const methods = book.methodsOf(path)
    if (methods.length === 0) return sendProblem(reply, 404)
    return sendProblem(reply.header('allow', methods.join(', ')), 405)
  })
  app.setErrorHandler((error: FastifyError, { method, routeOptions }, reply) => {
    const refusal = refusalOf(error)
    if (refusal) return sendRefusal(reply, refusal)
    log.error({ err: error, method, route: routeOptions.url }, 'request of an operator failed')
    return sendProblem(reply, 500)
  })
}

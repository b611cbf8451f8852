import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { Refusal } from './refusal.js'
import { hasAlready, readWebFiles, representation, type WebFile } from './web-files.js'

const PAGE = 'index.html'
const SERVICE_WORKER = 'sw.js'
const ASSETS = 'assets/'

const config = { access: 'public' } as const

function headersOf({ name, type }: WebFile): Readonly<Record<string, string>> {
  return {
    'content-type': type,
    vary: 'accept-encoding',
    // Names of assets change with what they hold; everything else is asked for anew each time, and sent only when it is another by now.
    'cache-control': name.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache',
    // Even where a path in front has its own, it may answer for everything here.
    ...(name === SERVICE_WORKER && { 'service-worker-allowed': '/' }),
  }
}

/**
 * The pages for operators: those files that the build has put into a directory, compressed where they are there so. Each has
 * a route of its own, so that there is nothing else to be found by whatever path.
 * @param directory without it, what is asked for at `/` says so
 * @throws what node:fs throws
 */
export function webRoutes(app: FastifyInstance, directory: string): void {
  if (!existsSync(directory)) {
    app.get('/', { config }, () => {
      throw new Refusal(404, { detail: 'The pages for operators were not built' })
    })
    return
  }
  for (const file of readWebFiles(directory)) {
    const headers = headersOf(file)
    app.get(file.name === PAGE ? '/' : `/${file.name}`, { config }, (request, reply) => {
      const sent = representation(file, request.headers['accept-encoding'])
      reply.headers(headers).header('etag', sent.etag)
      if (hasAlready(request.headers['if-none-match'], sent)) return reply.code(304).send()
      if (sent.coding !== undefined) reply.header('content-encoding', sent.coding)
      return reply.send(sent.bytes)
    })
  }
}

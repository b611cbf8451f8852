import { existsSync, readdirSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Refusal } from './refusal.js'

const PAGE = 'index.html'
const SERVICE_WORKER = 'sw.js'
const ASSETS = 'assets'
const COMPRESSED = /\.(br|gz)$/
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

const config = { access: 'public' } as const

/** Names of files that have no other page of this name beside them, and can be asked for. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !COMPRESSED.test(entry.name))
    .map(({ name }) => name)
}

/** One that is asked for anew each time, and sent only when it is another by now. */
function sendFresh(reply: FastifyReply, file: string): FastifyReply {
  reply.header('cache-control', 'no-cache')
  // Even where a path in front has its own, it may answer for everything here.
  if (file === SERVICE_WORKER) reply.header('service-worker-allowed', '/')
  return reply.sendFile(file, { cacheControl: false })
}

/**
 * The pages for operators: those files that the build has put into a directory, compressed where they are there so.
 * @param directory without it, what is asked for at `/` says so
 */
export async function webRoutes(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(directory)) {
    app.get('/', { config }, () => {
      throw new Refusal(404, { detail: 'The pages for operators were not built' })
    })
    return
  }
  await app.register(fastifyStatic, {
    root: directory,
    serve: false,
    preCompressed: true,
    index: false,
    dotfiles: 'ignore',
  })
  for (const file of filesIn(directory))
    app.get(file === PAGE ? '/' : `/${file}`, { config }, (_, reply) => sendFresh(reply, file))
  app.get<{ Params: { '*': string } }>(`/${ASSETS}/*`, { config }, ({ params }, reply) =>
    // Their names change with what they hold.
    reply.sendFile(`${ASSETS}/${params['*']}`, { immutable: true, maxAge: YEAR_MS }),
  )
}

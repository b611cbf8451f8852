// A plain Fastify server with @fastify/reply-from, bodies streamed. Arguments: own port, target port.
import replyFrom from '@fastify/reply-from'
import fastify from 'fastify'

const [port, targetPort] = process.argv.slice(2)
const app = fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (_request, body, done) => done(null, body))
await app.register(replyFrom, {
  base: `http://127.0.0.1:${String(targetPort)}`,
  undici: { connections: 128, pipelining: 1 },
})
app.all('/*', (request, reply) => reply.from(request.raw.url))
await app.listen({ port: Number(port), host: '127.0.0.1' })

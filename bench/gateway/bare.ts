import fastify from 'fastify'

/** A route of Fastify that answers 302 with a place that never changes: what a gateway that decides nothing would cost. */
const app = fastify()
app.get('/serviceDirect/:application', (_, reply) =>
  reply.redirect('https://192.0.2.1:443/play?ruleName=rule0'),
)
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })

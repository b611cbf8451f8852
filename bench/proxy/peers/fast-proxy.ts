// fast-proxy over undici, the faster of its two HTTP/1.1 clients. Arguments: own port, target port.
import { createServer } from 'node:http'
import fastProxy from 'fast-proxy'

const [port, targetPort] = process.argv.slice(2)
const { proxy } = fastProxy({
  base: `http://127.0.0.1:${String(targetPort)}`,
  undici: { connections: 128, pipelining: 1 },
})
createServer((request, response) => proxy(request, response, request.url ?? '/', {})).listen(
  Number(port),
  '127.0.0.1',
)

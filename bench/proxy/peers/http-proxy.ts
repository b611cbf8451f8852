// http-proxy with kept connections to the target. Arguments: own port, target port.
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'

const [port, targetPort] = process.argv.slice(2)
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${String(targetPort)}`,
  agent: new Agent({ keepAlive: true }),
  xfwd: true,
})
// A client or target that goes away must not end the process.
proxy.on('error', (error) => console.error(error.message))
createServer((request, response) => proxy.web(request, response)).listen(Number(port), '127.0.0.1')

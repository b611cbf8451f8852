import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  constants,
  createSecureServer,
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { environment } from '../support/environment.js'
import { isProxyError } from '../support/errors.js'
import { value, values } from '../support/http-message.js'
import { startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { message } from '../support/recording-target.js'

const NAME = 'target.test'

async function listen(t: Test, server: Server | Http2Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  t.teardown(() => server.close())
  // Listening on TCP, the address is an AddressInfo.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function get(path: string): string {
  return message(`GET ${path} HTTP/1.1`, ['Host: client.test', 'X-One: 1', 'x-one: 2'])
}

function post(path: string, body: string): string {
  const lines = ['Host: client.test', `Content-Length: ${body.length}`]
  return message(`POST ${path} HTTP/1.1`, lines, body)
}

/** Answers over HTTP/2 with what was asked for and how much came. */
function serveHttp2(server: Http2Server, seen: IncomingHttpHeaders[]) {
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    seen.push(headers)
    stream.on('error', () => undefined)
    if (headers[':path'] === '/reset') {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR)
      return
    }
    let size = 0
    stream.on('data', (piece: Buffer) => (size += piece.length))
    stream.on('end', () => {
      stream.respond({ ':status': 201, 'set-cookie': ['a=1', 'b=2'], 'x-size': String(size) })
      stream.end(`${headers[':method'] ?? ''} ${headers[':path'] ?? ''}`)
    })
  })
}

test('Targets under TLS', async (t) => {
  const certificate = selfSigned(NAME)
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-ca-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, certificate.cert)
  const secure = createHttpsServer(certificate, (request, response) => {
    request.resume()
    request.on('end', () => response.end(`${request.method} ${request.headers.host}`))
  })
  const address = await listen(t, secure)
  const plain = await listen(
    t,
    createTcpServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n')),
  )
  const trusted = { TLS_CA_FILE: caFile, TLS_SERVER_NAME: NAME }
  const rules = [
    { prefix: '/trusted', targets: `https://${address}`, group: trusted },
    { prefix: '/any', targets: `https://${address}`, group: { TLS_VERIFY: 'false' } },
    { prefix: '/untrusted', targets: `https://${address}` },
    { prefix: '/misnamed', targets: `https://${address}`, group: { TLS_CA_FILE: caFile } },
    { prefix: '/plain', targets: `https://${plain}`, group: { TLS_VERIFY: 'false' } },
    { prefix: '/secret', targets: address },
    {
      prefix: '/retried',
      targets: `https://${plain},https://${address}`,
      group: { TLS_VERIFY: 'false' },
    },
  ]
  const proxy = await startPointsman(t, environment(rules, { CONNECTION_TIMEOUT: '3000' }))

  for (const path of ['/trusted', '/any', '/retried']) {
    const client = await dial(t, proxy.port)
    for (const request of [get(path), post(path, 'hello'), post(path, ''), get(path)]) {
      const response = await client.ask(request)
      t.equal(response.status, 200, path)
      t.match(response.body.toString(), request.slice(0, 3))
      t.ok(response.body.toString().endsWith(address), 'Host is the target’s own')
    }
  }
  const certificateError = { status: 502, tokens: ['tls_certificate_error'] }
  const rows = [
    { path: '/untrusted', ...certificateError },
    { path: '/misnamed', ...certificateError },
    { path: '/plain', status: 502, tokens: ['tls_protocol_error'] },
    { path: '/secret', status: 502 },
  ]
  for (const { path, ...expected } of rows) {
    const client = await dial(t, proxy.port)
    t.comment(path)
    for (const request of [get(path), post(path, 'hello')]) {
      isProxyError(t, await client.ask(request), expected)
    }
  }
})

test('Targets that speak HTTP/2', async (t) => {
  const seen: IncomingHttpHeaders[] = []
  const clear = createHttp2Server()
  const secure = createSecureServer(selfSigned(NAME))
  serveHttp2(clear, seen)
  serveHttp2(secure, seen)
  const [clearAddress, secureAddress] = [await listen(t, clear), await listen(t, secure)]
  const plain = await listen(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    }),
  )
  const rules = [
    { prefix: '/', targets: `h2c://${clearAddress}` },
    { prefix: '/h2', targets: `h2://${secureAddress}`, group: { TLS_VERIFY: 'false' } },
    { prefix: '/plain', targets: `h2c://${plain}` },
  ]
  const proxy = await startPointsman(t, environment(rules, { CONNECTION_TIMEOUT: '3000' }))

  for (const path of ['/x?y=%20', '/h2/x?y']) {
    await t.test(`are asked for ${path}`, async (t) => {
      const client = await dial(t, proxy.port)
      for (const request of [get(path), post(path, 'hello'), get(path)]) {
        seen.length = 0
        const response = await client.ask(request)
        const method = request.slice(0, request.indexOf(' '))
        t.equal(response.status, 201)
        t.equal(response.body.toString(), `${method} ${path}`)
        t.strictSame(values(response.fields, 'set-cookie'), ['a=1', 'b=2'])
        t.equal(value(response.fields, 'x-size'), method === 'GET' ? '0' : '5')
        t.equal(seen.length, 1)
        const authority = path.startsWith('/h2') ? secureAddress : clearAddress
        t.equal(seen[0]?.[':authority'], authority)
        t.equal(seen[0]?.['x-forwarded-for'], '127.0.0.1')
        t.equal(seen[0]?.['x-forwarded-host'], 'client.test')
        t.match(String(seen[0]?.['via']), /pointsman$/)
      }
    })
  }

  await t.test('and answer 502 when they do not', async (t) => {
    for (const path of ['/reset', '/plain']) {
      const client = await dial(t, proxy.port)
      t.comment(path)
      isProxyError(t, await client.ask(post(path, 'hello')), { status: 502 })
      isProxyError(t, await client.ask(get(path)), { status: 502 })
    }
  })
})

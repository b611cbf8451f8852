import { readFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import fastify from 'fastify'
import type { ServerRequest } from './inbound.js'
import type { ServerReply } from './client-response.js'
import type { ListenerTls, ProxySettings } from './settings.js'

/** Node's server, with HTTP/1.1 in the clear, or HTTP/2 and HTTP/1.1 under TLS. */
export type NodeServer = (http.Server | http2.Http2SecureServer) &
  Pick<http.Server, 'headersTimeout' | 'keepAliveTimeout'>

/** Takes one request; `url` is the request target as it came. */
export type RequestHandler = (request: ServerRequest, reply: ServerReply, url: string) => void

/** How often Node looks for connections whose head is overdue: a fifth of the time they have, within reason. */
function checkingIntervalMs(headersTimeoutMs: number): number {
  return Math.min(1000, Math.max(50, headersTimeoutMs / 5))
}

/** The certificate and key, as the files have them now; throws what reading them throws. */
export function readCertificate(tls: ListenerTls): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }
}

function createSecureServer(settings: ProxySettings, tls: ListenerTls): http2.Http2SecureServer {
  return http2.createSecureServer({
    ...readCertificate(tls),
    allowHTTP1: true,
    handshakeTimeout: settings.headersTimeoutMs,
    // A field costs its name and value, which the size limits; their number is checked with all others.
    maxHeaderListPairs: 2048,
    settings: { maxHeaderListSize: settings.maxHeaderSizeBytes, enablePush: false },
  })
}

/** Puts the settings in place that a running server takes over, too. */
export function applyServerSettings<S extends object>(server: S, settings: ProxySettings) {
  return Object.assign(server, {
    headersTimeout: settings.headersTimeoutMs,
    // Node would cut long uploads; the body has a watch of its own.
    requestTimeout: 0,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    maxHeaderSize: settings.maxHeaderSizeBytes,
    // Node drops what is over the limit in silence; the fields are counted where they are read.
    maxHeadersCount: 0,
    timeout: 0,
    // Not in Node's documentation, but there since its first releases: a client that sends FIN after its request gets the answer.
    httpAllowHalfOpen: true,
    connectionsCheckingInterval: checkingIntervalMs(settings.headersTimeoutMs),
  })
}

function createNodeServer(settings: ProxySettings): NodeServer {
  const server = settings.tls
    ? createSecureServer(settings, settings.tls)
    : http.createServer({ requireHostHeader: false, noDelay: true })
  return applyServerSettings(server, settings)
}

/**
 * A Fastify instance with one route for everything, on a server of ours that the caller binds.
 * @throws what reading the certificate throws
 */
export async function createServer(
  settings: ProxySettings,
  handle: RequestHandler,
): Promise<NodeServer> {
  const server = createNodeServer(settings)
  // CONNECT comes as an event of its own.
  const methods = new Set(http.METHODS.filter((method) => method !== 'CONNECT'))
  const app = fastify({
    serverFactory: (listener) => {
      // HTTP/2 lets methods through that Node's HTTP/1.1 parser does not know, nor Fastify.
      server.on('request', (request: http.IncomingMessage, reply: http.ServerResponse) => {
        const { method = '', url = '' } = request
        if (methods.has(method)) listener(request, reply)
        else handle(request, reply, url)
      })
      return server as http.Server
    },
    // Paths are matched byte for byte by our own router; Fastify's would decode them.
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    // Answered where connections are kept.
    clientErrorHandler: () => undefined,
  })
  // Without a body as far as Fastify is concerned, which would parse it.
  for (const method of methods)
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  app.route({
    method: [...methods],
    url: '/',
    handler: (request, reply) => {
      reply.hijack()
      handle(request.raw, reply.raw, request.originalUrl)
    },
  })
  await app.ready()
  return server
}

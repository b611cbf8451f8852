import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import { readCertificate } from '../../disk/certificate-watch.js'
import type { ProxySettings } from './settings.js'

/**
 * A server for clients, in the clear or under TLS; the caller binds it.
 * @throws what reading the certificate throws
 */
export function createServer(settings: ProxySettings): net.Server {
  // A client that sends FIN after its request gets the answer.
  if (!settings.tls) return net.createServer({ allowHalfOpen: true, noDelay: true })
  return tls.createServer({
    ...readCertificate(settings.tls),
    noDelay: true,
    handshakeTimeout: settings.headersTimeoutMs,
    ALPNProtocols: ['h2', 'http/1.1'],
  })
}

/** Node's HTTP/2, for connections that are handed to it. */
export function createHttp2Server(settings: ProxySettings): http2.Http2Server {
  return http2.createServer({
    // A field costs its name and value, which the size limits; their number is checked with all others.
    maxHeaderListPairs: 2048,
    settings: { maxHeaderListSize: settings.maxHeaderSizeBytes, enablePush: false },
  })
}

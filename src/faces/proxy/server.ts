import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import type { ListenerTls, ProxySettings } from './settings.js'

/** The certificate and key, as the files have them now; throws what reading them throws. */
export function readCertificate(settings: ListenerTls): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(settings.certFile), key: readFileSync(settings.keyFile) }
}

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

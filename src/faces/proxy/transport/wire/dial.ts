import net from 'node:net'
import tls from 'node:tls'
import { isSecure, type Target } from '../../../../core/target.js'
import type { TargetTls } from '../../../../core/group-settings.js'

/** TLS sessions are resumed per target and settings; the caller keeps them. */
export interface SessionCache {
  session: Buffer | undefined
}

/** Sent keep-alive probes find a peer that vanished without a word. */
const PROBE_AFTER_MS = 30_000

function tlsOptions(target: Target, settings: TargetTls): tls.ConnectionOptions {
  const name = settings.serverName ?? target.host
  return {
    ...(net.isIP(name) === 0 && { servername: name }),
    ...(settings.ca !== undefined && { ca: settings.ca }),
    rejectUnauthorized: settings.verify,
    ALPNProtocols: ['http/1.1'],
  }
}

/**
 * Begins a connection to a target.
 * @param onread where to read to; under TLS, which does not stop when it is told to, the socket emits `data` all the same
 * @returns the socket, and the name of the event that says it can be written to
 */
export function dial(
  target: Target,
  settings: TargetTls,
  cache: SessionCache,
  onread: net.OnReadOpts | undefined,
): { socket: net.Socket; readyEvent: 'connect' | 'secureConnect' } {
  const address = {
    host: target.address,
    port: target.port,
    noDelay: true,
    // Each side of a tunnel ends on its own.
    allowHalfOpen: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  }
  if (!isSecure(target.scheme)) {
    const socket = net.connect({ ...address, ...(onread && { onread }) })
    return { socket, readyEvent: 'connect' }
  }
  const session = cache.session
  const socket = tls.connect({
    ...address,
    ...tlsOptions(target, settings),
    ...(session && { session }),
  })
  socket.on('session', (fresh: Buffer) => {
    cache.session = fresh
  })
  return { socket, readyEvent: 'secureConnect' }
}

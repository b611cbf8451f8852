import net from 'node:net'
import tls from 'node:tls'
import { isSecure, type Target } from '../../../../core/target.js'
import type { TargetTls } from '../../../../core/group-settings.js'

/** Probes find a peer that vanished without a word. */
const PROBE_AFTER_MS = 30_000

/** The event by which a connection to this target says that it can be written to. */
export function readyEvent(target: Target): 'connect' | 'secureConnect' {
  return isSecure(target.scheme) ? 'secureConnect' : 'connect'
}

/**
 * Begins a connection to a target; a certificate is verified unless the group's settings say otherwise.
 * @param protocol what TLS negotiates (ALPN)
 */
export function openSocket(
  target: Target,
  settings: TargetTls,
  protocol: 'http/1.1' | 'h2',
): net.Socket {
  const address = {
    host: target.address,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  }
  if (!isSecure(target.scheme)) return net.connect(address)
  const name = settings.serverName ?? target.host
  return tls.connect({
    ...address,
    ...(net.isIP(name) === 0 && { servername: name }),
    ...(settings.ca !== undefined && { ca: settings.ca }),
    rejectUnauthorized: settings.verify,
    ALPNProtocols: [protocol],
  })
}

import type { Log } from '../../telemetry/log.js'
import { errorStatus } from './error-reply.js'
import type { Forwarding } from './forwarding.js'
import type { ProxySettings } from './settings.js'

function isTold(mode: ProxySettings['accessLog'], { response, errorCode }: Forwarding): boolean {
  if (mode !== 'errors') return mode === 'all'
  // Of those below 500, the ones that broke off; a refusal is the client's own business.
  return response.status >= 500 || (errorCode !== undefined && response.status < 400)
}

/** One line for a request that is over, if `mode` wants it. */
export function logAccess(
  log: Log,
  mode: ProxySettings['accessLog'],
  forwarding: Forwarding,
  now: number,
): void {
  if (!isTold(mode, forwarding)) return
  const { inbound, response, destination, attempts } = forwarding
  log.info(
    {
      client: inbound.clientAddress,
      method: inbound.method,
      host: inbound.hostField,
      path: inbound.path,
      version: inbound.request.version,
      rule: destination?.rule.number,
      group: destination?.group.settings.name,
      target: attempts?.candidate?.target.id,
      attempts: attempts?.count ?? 0,
      // A client that left before there was any answer is told of as 499, as everywhere.
      status: response.status || errorStatus(forwarding.errorCode ?? 'CLIENT_GONE'),
      error: forwarding.errorCode,
      durationMs: Math.round((now - forwarding.startedAt) * 1000) / 1000,
      bytesReceived: forwarding.bytesReceived,
      bytesSent: response.bytesSent,
    },
    'access',
  )
}

import type { ErrorCode } from '../../core/errors.js'
import type { Traffic } from '../../telemetry/traffic.js'
import { errorStatus } from './error-reply.js'
import type { Forwarding } from './forwarding.js'

const SWITCHING_PROTOCOLS = 101

/** Counts a request that is over. */
export function countRequest(traffic: Traffic, forwarding: Forwarding, now: number): void {
  const { destination, attempts, errorCode, response } = forwarding
  const { status } = response
  const tally = traffic.ofRule(
    destination?.rule.number ?? 0,
    destination?.group.settings.name ?? '',
  )
  if (response.isFinished || status === SWITCHING_PROTOCOLS) tally.answered(status)
  else tally.broken(errorCode ?? 'CLIENT_GONE')
  if (errorCode) tally.error(errorCode)
  // For how long a tunnel was open says nothing about anybody's speed.
  if (status !== SWITCHING_PROTOCOLS) tally.took((now - forwarding.startedAt) / 1000)
  tally.moved(forwarding.bytesReceived, response.bytesSent)
  if (!attempts) return
  if (attempts.count > 1) tally.retried(attempts.count - 1)
  if (attempts.waitedMs !== undefined) tally.queued(attempts.waitedMs / 1000)
}

/** Counts what was answered with an error before it was a whole request. */
export function countRefused(traffic: Traffic, code: ErrorCode): void {
  const tally = traffic.ofRule(0, '')
  tally.answered(errorStatus(code))
  tally.error(code)
}

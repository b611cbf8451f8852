import { streamOf, type Log } from '../../telemetry/log.js'
import { atEndOfTurn, type Writer } from './end-of-turn.js'
import { errorStatus } from './error-reply.js'
import type { Destination, Forwarding } from './forwarding.js'
import type { ProxySettings } from './settings.js'

function isTold(mode: ProxySettings['accessLog'], { response, errorCode }: Forwarding): boolean {
  if (mode !== 'errors') return mode === 'all'
  // Of those below 500, the ones that broke off; a refusal is the client's own business.
  return response.status >= 500 || (errorCode !== undefined && response.status < 400)
}

const PID = process.pid

/** Nothing that JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function destinationMembers({ rule, group }: Destination): string {
  return `,"rule":${rule.number},"group":${quoted(group.settings.name)}`
}

function attemptMembers({ attempts }: Forwarding): string {
  const { candidate, count = 0 } = attempts ?? {}
  const target = candidate ? `,"target":${quoted(candidate.target.id)}` : ''
  return `${target},"attempts":${count}`
}

/**
 * A line for each request that is over, if it is wanted: as pino would write it, at a quarter of what that costs. Those of one
 * turn of the event loop leave together.
 */
export class AccessLog implements Writer {
  private lines = ''
  private time = ''
  private timeMs = 0
  private readonly log: Log

  constructor(log: Log) {
    this.log = log
  }

  tell(mode: ProxySettings['accessLog'], forwarding: Forwarding, now: number): void {
    if (!isTold(mode, forwarding) || !this.log.isLevelEnabled('info')) return
    if (this.lines === '') atEndOfTurn(this)
    this.lines += this.line(forwarding, now)
  }

  leave(): void {
    const { lines } = this
    this.lines = ''
    streamOf(this.log).write(lines)
  }

  /** Only what clients and operators have made up can hold what JSON escapes. */
  private line(forwarding: Forwarding, now: number): string {
    const { inbound, response, destination, errorCode, bytesReceived } = forwarding
    const durationMs = Math.round((now - forwarding.startedAt) * 1000) / 1000
    // A client that left before there was any answer is told of as 499, as everywhere.
    const status = response.status || errorStatus(errorCode ?? 'CLIENT_GONE')
    return (
      `{"level":30,"time":"${this.now()}","pid":${PID},"client":${quoted(inbound.clientAddress)}` +
      `,"method":"${inbound.method}","host":${quoted(inbound.hostField)}` +
      `,"path":${quoted(inbound.path)},"version":"${inbound.request.version}"` +
      (destination ? destinationMembers(destination) : '') +
      attemptMembers(forwarding) +
      `,"status":${status}` +
      (errorCode ? `,"error":"${errorCode}"` : '') +
      `,"durationMs":${durationMs},"bytesReceived":${bytesReceived}` +
      `,"bytesSent":${response.bytesSent},"msg":"access"}\n`
    )
  }

  private now(): string {
    const now = Date.now()
    if (now !== this.timeMs) {
      this.timeMs = now
      this.time = new Date(now).toISOString()
    }
    return this.time
  }
}

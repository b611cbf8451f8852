import type { Clock, Timer } from '../../core/ports.js'
import { streamOf, type Log } from '../../telemetry/log.js'
import { errorStatus } from './error-reply.js'
import type { Destination, Forwarding } from './forwarding.js'
import type { ProxySettings } from './settings.js'

function isTold(mode: ProxySettings['accessLog'], { response, errorCode }: Forwarding): boolean {
  if (mode !== 'errors') return mode === 'all'
  // Of those below 500, the ones that broke off; a refusal is the client's own business.
  return response.status >= 500 || (errorCode !== undefined && response.status < 400)
}

const PID = process.pid

/** So long lines wait for others: each write is handed to another thread, which costs as much as ten lines. */
const WAIT_MS = 10

/** Lines that are together so long, in characters, do not wait any more. */
const FULL = 32_768

/** Nothing that JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** Milliseconds with three digits behind the point; JavaScript takes longer to write a number with a fraction than for all else. */
function inMs(duration: number): string {
  const micros = Math.round(duration * 1000)
  const rest = micros % 1000
  return `${(micros - rest) / 1000}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`
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
 * A line for each request that is over, if it is wanted: as pino would write it, at a quarter of what that costs. They
 * leave together.
 */
export class AccessLog {
  private lines = ''
  private time = ''
  private timeMs = 0
  private timer: Timer | undefined
  private readonly log: Log
  private readonly clock: Clock

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.log = log
    this.clock = clock
  }

  tell(mode: ProxySettings['accessLog'], forwarding: Forwarding, now: number): void {
    if (!isTold(mode, forwarding) || !this.log.isLevelEnabled('info')) return
    this.lines += this.line(forwarding, now)
    if (this.lines.length > FULL) this.flush()
    else this.timer ??= this.clock.after(WAIT_MS, () => this.flush())
  }

  /** Hands on what waits. */
  flush(): void {
    const { lines } = this
    this.timer?.cancel()
    this.timer = undefined
    this.lines = ''
    if (lines !== '') streamOf(this.log).write(lines)
  }

  /** Only what clients and operators have made up can hold what JSON escapes. */
  private line(forwarding: Forwarding, now: number): string {
    const { inbound, response, destination, errorCode, bytesReceived } = forwarding
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
      `,"durationMs":${inMs(now - forwarding.startedAt)},"bytesReceived":${bytesReceived}` +
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

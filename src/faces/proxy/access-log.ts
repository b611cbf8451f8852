import type { Candidate } from '../../core/candidate.js'
import { entry } from '../../core/entry.js'
import type { Clock, Timer } from '../../core/ports.js'
import { streamOf, type Log } from '../../telemetry/log.js'
import { errorStatus } from './error-reply.js'
import type { Forwarding } from './forwarding.js'
import type { ListenerRule, ProxySettings } from './settings.js'

function isTold(mode: ProxySettings['accessLog'], { response, errorCode }: Forwarding): boolean {
  if (mode !== 'errors') return mode === 'all'
  // Of those below 500, the ones that broke off; a refusal is the client's own business.
  return response.status >= 500 || (errorCode !== undefined && response.status < 400)
}

/** So long lines wait for others: each write is handed to another thread, which costs as much as ten lines. */
const WAIT_MS = 10

/** So many bytes of lines wait at most. Texts of twice as much are large objects to V8, which collects its memory more often for them. */
const MAX_WAITING = 65_536

const QUOTE = 34
const BACKSLASH = 92

/** Whether there is nothing in it that JSON escapes, or that is not ASCII. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126 || code === QUOTE || code === BACKSLASH) return false
  }
  return true
}

/** As it stands between the quotes of JSON, in ASCII: each character of a line is one byte. */
function escaped(text: string): string {
  if (isPlain(text)) return text
  const inside = JSON.stringify(text).slice(1, -1)
  return inside.replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `.000` to `.999` */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, rest) => `.${String(rest).padStart(3, '0')}`)

/** Milliseconds with three digits behind the point; JavaScript takes longer to write a number with a fraction than for all else. */
function inMs(duration: number): string {
  const micros = Math.round(duration * 1000)
  const rest = micros % 1000
  return `${(micros - rest) / 1000}${THOUSANDTHS[rest] ?? ''}`
}

/** What lines say of each of some things, written once: adding up the parts of a line is most of what it costs. */
class Written<T extends object> {
  private readonly texts = new WeakMap<T, string>()
  private readonly write: (thing: T) => string

  constructor(write: (thing: T) => string) {
    this.write = write
  }

  of(thing: T): string {
    let text = this.texts.get(thing)
    if (text === undefined) this.texts.set(thing, (text = this.write(thing)))
    return text
  }
}

const ruleMembers = new Written<ListenerRule>(
  ({ number, targetGroup }) => `,"rule":${number},"group":"${escaped(targetGroup)}"`,
)

// What a candidate's target is replaced by has the same id.
const targetMember = new Written<Candidate>(({ target }) => `,"target":"${escaped(target.id)}"`)

/** The same of every pair of numbers that there was. */
const endings = new Map<number, string>()

function endingMembers(attempts: number, status: number): string {
  return entry(
    endings,
    1000 * attempts + status,
    () => `,"attempts":${attempts},"status":${status}`,
  )
}

/**
 * A line for each request that is over, if it is wanted: as pino would write it, at a quarter of what that costs. They
 * leave together.
 */
export class AccessLog {
  /** Lines that wait: as texts, each of them would be many parts, all to be looked after until the last of them is there. */
  private readonly bytes = Buffer.allocUnsafeSlow(MAX_WAITING)
  private length = 0
  private startText = ''
  private startMs = 0
  private timer: Timer | undefined
  private readonly log: Log
  private readonly clock: Clock

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.log = log
    this.clock = clock
  }

  tell(mode: ProxySettings['accessLog'], forwarding: Forwarding, now: number): void {
    if (!isTold(mode, forwarding) || !this.log.isLevelEnabled('info')) return
    const line = this.line(forwarding, now)
    if (line.length > MAX_WAITING - this.length) this.flush()
    if (line.length > MAX_WAITING) this.write(line)
    else this.length += this.bytes.write(line, this.length, 'latin1')
    this.timer ??= this.clock.after(WAIT_MS, () => this.flush())
  }

  /** Hands on what waits. */
  flush(): void {
    this.timer?.cancel()
    this.timer = undefined
    const lines = this.bytes.toString('latin1', 0, this.length)
    this.length = 0
    if (lines !== '') this.write(lines)
  }

  private write(lines: string): void {
    streamOf(this.log).write(lines)
  }

  /** Only what clients and operators have made up can hold what JSON escapes. */
  private line(forwarding: Forwarding, now: number): string {
    const { inbound, response, destination, attempts, errorCode, bytesReceived } = forwarding
    const { candidate, count = 0 } = attempts ?? {}
    // A client that left before there was any answer is told of as 499, as everywhere.
    const status = response.status || errorStatus(errorCode ?? 'CLIENT_GONE')
    return (
      this.start() +
      inbound.clientAddress +
      '","method":"' +
      inbound.method +
      '","host":"' +
      escaped(inbound.hostField) +
      '","path":"' +
      escaped(inbound.path) +
      '","version":"' +
      inbound.request.version +
      '"' +
      (destination ? ruleMembers.of(destination.rule) : '') +
      (candidate ? targetMember.of(candidate) : '') +
      endingMembers(count, status) +
      (errorCode ? `,"error":"${errorCode}"` : '') +
      ',"durationMs":' +
      inMs(now - forwarding.startedAt) +
      `,"bytesReceived":${bytesReceived},"bytesSent":${response.bytesSent},"msg":"access"}\n`
    )
  }

  /** How each line of this millisecond begins, up to the client's address. */
  private start(): string {
    const now = Date.now()
    if (now !== this.startMs) {
      this.startMs = now
      const time = new Date(now).toISOString()
      this.startText = `{"level":30,"time":"${time}","pid":${process.pid},"client":"`
    }
    return this.startText
  }
}

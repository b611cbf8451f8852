import type { Ticket } from '../../core/admission.js'
import type { Cookie, Order } from '../../core/balancers/balancer.js'
import type { Candidate } from '../../core/candidate.js'
import type { ErrorCode, PointsmanError } from '../../core/errors.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { TargetTraffic, Traffic } from '../../telemetry/traffic.js'
import type { Destination } from './forwarding.js'
import type { Inbound } from './inbound.js'

/** Methods that may be done twice (RFC 9110 §9.2.2), as far as HTTP and WebDAV agree on them. */
const IDEMPOTENT = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PROPFIND',
  'PUT',
  'QUERY',
  'REPORT',
  'SEARCH',
  'TRACE',
])

/** The next thing to try. */
export interface Turn {
  readonly candidate: Candidate
  /** On a connection that was never used. */
  readonly fresh: boolean
}

/** The attempts of one request at the targets of its group: whose turn it is, and what the group learns of each. */
export class Attempts {
  /** Targets tried; a second try at the same one for the sake of a stale connection is none. */
  count = 0
  candidate: Candidate | undefined
  /** How long it waited for a target with room; undefined when it did not have to. */
  waitedMs: number | undefined
  private readonly traffic: Traffic
  private counted: TargetTraffic | undefined
  private waitingSince: number | undefined
  private readonly group: TargetGroup
  private readonly order: Order
  private readonly choices: { readonly size: number }
  private readonly isIdempotent: boolean
  private ticket: Ticket | undefined
  private isUnderWay = false
  private triedFresh = false
  private startedAt = 0

  constructor({ group, steered }: Destination, inbound: Inbound, traffic: Traffic) {
    this.group = group
    this.traffic = traffic
    this.order = steered?.order ?? group.order(inbound)
    this.choices = steered ?? group
    this.isIdempotent = IDEMPOTENT.has(inbound.method)
    group.retryBudget.deposit()
  }

  /** How many other targets may still be tried after the present one. */
  get othersLeft(): number {
    const { settings } = this.group
    const { size } = this.choices
    return Math.max(0, Math.min(settings.retries, size - 1) - (this.count - 1))
  }

  /** The first target; undefined when none has room. */
  first(): Turn | undefined {
    return this.next()
  }

  /**
   * Waits for a target that has room.
   * @returns why it cannot
   */
  wait(now: number, onTurn: (turn: Turn) => void): ErrorCode | undefined {
    const { admission, size } = this.group
    if (!admission || size === 0) return 'NO_TARGET'
    this.ticket = admission.wait((candidate) => onTurn(this.turnOf(candidate)))
    if (!this.ticket) return 'QUEUE_FULL'
    this.waitingSince = now
    return undefined
  }

  private stopWaiting(now: number): void {
    if (this.waitingSince === undefined) return
    this.waitedMs = now - this.waitingSince
    this.waitingSince = undefined
    this.ticket?.cancel()
  }

  /** What to try after `error`, if anything: only what is safe, and within the group's budget. */
  after({ code, retryable }: PointsmanError): Turn | undefined {
    if (retryable === 'never' || (retryable === 'idempotent' && !this.isIdempotent))
      return undefined
    if (code === 'TARGET_CLOSED_REUSED' && this.candidate && !this.triedFresh) {
      // The target closed a connection that it kept for us: no fault of its own, so it gets another chance.
      this.triedFresh = true
      return { candidate: this.candidate, fresh: true }
    }
    const { settings, retryBudget } = this.group
    if (this.count > settings.retries) return undefined
    // Where nothing was sent, the other attempt is no additional load.
    if (retryable !== 'always' && !retryBudget.withdraw()) return undefined
    return this.next()
  }

  private next(): Turn | undefined {
    const { admission } = this.group
    const candidate = admission ? admission.claim(this.order) : this.order.next()
    return candidate && this.turnOf(candidate)
  }

  private turnOf(candidate: Candidate): Turn {
    this.ticket = undefined
    this.triedFresh = false
    this.count++
    return { candidate, fresh: false }
  }

  begin(candidate: Candidate, now: number): void {
    this.stopWaiting(now)
    this.candidate = candidate
    this.isUnderWay = true
    this.startedAt = now
    candidate.inFlight++
    this.counted = this.traffic.ofTarget(this.group.settings.name, candidate.target.id)
    this.counted.began()
  }

  /**
   * The attempt under way, if any, is over.
   * @param at when its head came, or now when none did
   * @param ending the status of its answer, or the error it ended with
   * @param receivedBytes of the request's body
   * @param sentBytes of the answer's body
   */
  end(at: number, ending: number | ErrorCode, receivedBytes: number, sentBytes: number): void {
    this.stopWaiting(at)
    const { candidate, group } = this
    if (!this.isUnderWay || !candidate) return
    this.isUnderWay = false
    candidate.inFlight--
    const latencyMs = at - this.startedAt
    this.counted?.ended(latencyMs / 1000, ending, receivedBytes, sentBytes)
    if (typeof ending === 'number')
      group.report(candidate, { kind: 'answer', status: ending, latencyMs })
    else group.report(candidate, { kind: 'error', code: ending, latencyMs })
    group.admission?.released(candidate)
  }

  /** What brings the client back to the target that answers. */
  get cookie(): Cookie | undefined {
    return this.candidate && this.order.cookieFor?.(this.candidate)
  }
}

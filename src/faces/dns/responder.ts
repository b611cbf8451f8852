import type { Clock } from '../../core/ports.js'
import type { DnsTraffic } from '../../telemetry/dns-traffic.js'
import type { Log } from '../../telemetry/log.js'
import type { AllowedClients } from './allowed-clients.js'
import { emptyAnswer, extendedError, type Answer } from './answer.js'
import { ClientFacts } from './client-facts.js'
import { CLASS_IN, EXTENDED_ERRORS, FLAGS, LARGEST_MESSAGE_BYTES, RCODES, TYPES } from './codes.js'
import { readQuery, type Query } from './message.js'
import type { QueryMeter } from './query-meter.js'
import type { Recursion } from './recursion.js'
import { compose } from './response.js'
import type { Zone } from './zone.js'

/** What answers are made from; all of it is replaced together when the configuration is. */
export interface Authority {
  readonly zone: Zone
  /** Undefined when there is nobody to ask for other names. */
  readonly recursion: Recursion | undefined
  /** Who may ask for them. */
  readonly mayRecurse: AllowedClients
}

/** What a responder works with. */
export interface ResponderSurroundings {
  readonly clock: Clock
  readonly log: Log
  readonly traffic: DnsTraffic
}

const REFUSED = emptyAnswer(RCODES.REFUSED)
const FAILED = emptyAnswer(RCODES.SERVFAIL)
const NOT_OURS = emptyAnswer(
  RCODES.REFUSED,
  0,
  extendedError(EXTENDED_ERRORS.NOT_AUTHORITATIVE, 'only names of the own zone are answered'),
)
const NOT_ALLOWED = emptyAnswer(
  RCODES.REFUSED,
  0,
  extendedError(EXTENDED_ERRORS.PROHIBITED, 'names outside the own zone are not for this client'),
)

const MAPPED_PREFIX = '::ffff:'

/** A client's address as IPv4 where it is that, also on a socket for both. */
function plainAddress(address: string): string {
  return address.startsWith(MAPPED_PREFIX) && address.includes('.')
    ? address.slice(MAPPED_PREFIX.length)
    : address
}

/** Turns each message of a client into the response to it, whichever way it came. */
export class Responder {
  authority: Authority
  private readonly surroundings: ResponderSurroundings
  private readonly underWay = new Set<Promise<Buffer>>()

  constructor(authority: Authority, surroundings: ResponderSurroundings) {
    this.authority = authority
    this.surroundings = surroundings
  }

  /**
   * @param address IP literal of the client
   * @returns the response, at once whenever nobody else has to be asked, or later, but in any case; undefined when there is none
   */
  respond(
    message: Buffer,
    address: string,
    meter: QueryMeter,
  ): Buffer | Promise<Buffer> | undefined {
    const query = readQuery(message)
    if (!query) {
      meter.ignored()
      return undefined
    }
    try {
      const answer = this.answer(query, plainAddress(address))
      return answer instanceof Promise
        ? this.await(answer, query, meter)
        : this.compose(query, answer, meter)
    } catch (error) {
      this.surroundings.log.error({ err: error }, 'query not answered')
      return this.compose(query, FAILED, meter)
    }
  }

  /** Resolves when everything is answered that was asked so far. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay)
  }

  private compose(query: Query, answer: Answer, meter: QueryMeter): Buffer {
    const limit = meter.transport === 'udp' ? query.payloadBytes : LARGEST_MESSAGE_BYTES
    const response = compose(query, answer, limit)
    meter.answered(query, answer.rcode, response.length)
    return response
  }

  private answer(query: Query, client: string): Answer | Promise<Answer> {
    if (query.problem !== RCODES.NOERROR) return emptyAnswer(query.problem)
    const { type } = query
    if (query.class !== CLASS_IN || type === TYPES.AXFR || type === TYPES.IXFR) return REFUSED
    const own = this.authority.zone.answer(query.name, type, new ClientFacts(client))
    return own ?? this.recurse(query, client)
  }

  private recurse(query: Query, client: string): Answer | Promise<Answer> {
    const { recursion, mayRecurse } = this.authority
    if (!recursion) return NOT_OURS
    if (!mayRecurse.has(client)) return NOT_ALLOWED
    if (!query.isRecursionDesired) return { ...NOT_OURS, flags: FLAGS.RA }
    const known = recursion.cached(query)
    if (known) return known.told(query.questionEnd)
    const startedAt = this.surroundings.clock.now()
    return recursion.resolve(query, client).then((resolution) => {
      const { clock, traffic } = this.surroundings
      traffic.forwarding.took((clock.now() - startedAt) / 1000)
      return resolution.told(query.questionEnd)
    })
  }

  private await(answer: Promise<Answer>, query: Query, meter: QueryMeter): Promise<Buffer> {
    const { log } = this.surroundings
    const response = answer.then(
      (whole) => this.compose(query, whole, meter),
      (error: unknown) => {
        log.error({ err: error }, 'query not answered')
        return this.compose(query, FAILED, meter)
      },
    )
    this.underWay.add(response)
    void response.then(() => this.underWay.delete(response))
    return response
  }
}

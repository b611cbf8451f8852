import { FLAGS, HEADER_BYTES, RCODES } from '../codes.js'
import type { Random } from '../../../core/ports.js'
import type { Asked } from './asked.js'
import { overTcp, overUdp, type Channel, type ForwarderAddress } from './channel.js'
import { readResponse, type Response } from './response.js'

/** Why there is no answer: nobody is there, what came is no answer, or the forwarder says that it has none. */
export type AskFailure = 'unreachable' | 'malformed' | 'servfail' | 'refused' | 'other'

/** What whoever asks is told. */
export interface AskEvents {
  /** Something came that is not the response; it is waited on. */
  onIgnored(): void
  /** Once, and last. */
  onResult(result: Response | AskFailure): void
}

/** So many messages that are not the response look like guesses; TCP is not to be guessed at (RFC 5452 section 9.1). */
const MOST_IGNORED = 16
const RCODE_BITS = 0x000f
const IDS = 65_536

/** The response codes that answer a question; every other says that the forwarder could not. */
const ANSWERS: ReadonlySet<number> = new Set([RCODES.NOERROR, RCODES.NXDOMAIN, RCODES.YXDOMAIN])

function failureOf(rcode: number): AskFailure {
  if (rcode === RCODES.SERVFAIL) return 'servfail'
  return rcode === RCODES.REFUSED ? 'refused' : 'other'
}

/** One question to one forwarder: by UDP first, by TCP when the response does not fit. It waits until it is cancelled. */
export class Ask {
  private readonly address: ForwarderAddress
  private readonly asked: Asked
  private readonly random: Random
  private readonly events: AskEvents
  private ignored = 0
  private hasEdns = true
  private close = (): void => undefined

  /** @param surroundings `random` must be one that nobody can foresee */
  constructor(
    address: ForwarderAddress,
    asked: Asked,
    { random }: { readonly random: Random },
    events: AskEvents,
  ) {
    this.address = address
    this.asked = asked
    this.random = random
    this.events = events
    this.send(overUdp)
  }

  /** Nothing is told from now on; nothing happens when it is over. */
  cancel(): void {
    this.close()
  }

  private send(channel: Channel): void {
    this.close()
    const id = Math.floor(this.random.next() * IDS)
    this.close = channel(this.address, this.asked.query(id, this.hasEdns), {
      onMessage: (received) => {
        if (this.asked.isAnsweredBy(received, id)) this.take(received, channel)
        else this.ignore(channel)
      },
      onError: () => this.end('unreachable'),
    })
  }

  private ignore(channel: Channel): void {
    this.events.onIgnored()
    if (channel === overTcp) this.end('malformed')
    else if (++this.ignored === MOST_IGNORED) this.send(overTcp)
  }

  private take(received: Buffer, channel: Channel): void {
    const flags = received.readUInt16BE(2)
    const rcode = flags & RCODE_BITS
    const isTruncated = (flags & FLAGS.TC) !== 0
    if (isTruncated && channel === overUdp) this.send(overTcp)
    else if (this.hasEdns && (rcode === RCODES.FORMERR || rcode === RCODES.NOTIMP)) {
      // RFC 6891 section 7: it may not know EDNS.
      this.hasEdns = false
      this.send(channel)
    } else if (!ANSWERS.has(rcode)) this.end(failureOf(rcode))
    else this.end(isTruncated ? 'malformed' : this.read(received))
  }

  private read(received: Buffer): Response | AskFailure {
    const { bytes, type } = this.asked
    const response = readResponse(received, HEADER_BYTES + bytes.length, type)
    if (!response) return 'malformed'
    return ANSWERS.has(response.rcode) ? response : failureOf(response.rcode)
  }

  private end(result: Response | AskFailure): void {
    this.close()
    this.events.onResult(result)
  }
}

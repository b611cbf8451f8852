import { decode, type DecodedPacket } from 'dns-packet'
import pino from 'pino'
import type { Test } from 'tap'
import type { ForwarderAddress } from '../../../../src/faces/dns/forwarder/channel.js'
import type { AskEnding } from '../../../../src/faces/dns/forwarder/forwarder.js'
import {
  ForwardingResolver,
  type CacheResult,
} from '../../../../src/faces/dns/forwarder/forwarding-resolver.js'
import type { Question } from '../../../../src/faces/dns/message.js'
import { keyOf, nameBytes } from '../../../../src/faces/dns/names.js'
import type { Resolution } from '../../../../src/faces/dns/recursion.js'
import { ManualClock, seeded, settled } from '../../../support/clock.js'
import { INSTANCE } from '../../../support/fake-forwarder.js'

/** The types that are asked for here. */
export const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, ANY: 255 } as const

/** A question as a client may put it. */
export function question(
  name: string,
  type: number = TYPE.A,
  more: Partial<Question> = {},
): Question {
  const tail = Buffer.from([type >> 8, type & 255, 0, 1])
  const key = keyOf(name)
  const bytes = Buffer.concat([nameBytes(key), tail])
  return { name: key, type, bytes, isDnssecOk: false, isCheckingDisabled: false, ...more }
}

/** What a client is told in the end. */
export interface Told {
  readonly rcode: string
  readonly packet: DecodedPacket
  /** The data of the records in the answer section, and their TTLs. */
  readonly data: readonly unknown[]
  readonly ttls: readonly number[]
  readonly extendedError: number | undefined
}

export function told({ message, extendedError }: Resolution): Told {
  const packet = decode(message)
  // The decoder sets the response code, which its types do not know of.
  const { rcode } = packet as unknown as { readonly rcode: string }
  const answers = (packet.answers ?? []).map((each) => ('data' in each ? each : undefined))
  return {
    rcode,
    packet,
    data: answers.map((each) => each?.data),
    ttls: answers.map((each) => Number(each && 'ttl' in each ? each.ttl : undefined)),
    extendedError,
  }
}

/** A resolver with its surroundings in a test's hands. */
export class Resolving {
  readonly clock = new ManualClock()
  readonly cacheResults: CacheResult[] = []
  /** `<forwarder's place> <ending>`, probes for loops among them. */
  readonly endings: string[] = []
  ignored = 0
  readonly logs: { readonly msg: string; readonly forwarder?: string }[] = []
  readonly resolver: ForwardingResolver

  constructor(forwarders: readonly ForwarderAddress[], cacheSize = 100) {
    const names = forwarders.map(({ host, port }) => `${host}:${port}`)
    this.resolver = new ForwardingResolver(
      { forwarders, cacheSize, instance: INSTANCE },
      {
        clock: this.clock,
        random: seeded(1),
        log: pino({ level: 'info' }, { write: (line) => this.tell(line) }),
        counts: {
          asked: (forwarder: string, ending: AskEnding) =>
            this.endings.push(`${names.indexOf(forwarder)} ${ending}`),
          ignored: () => this.ignored++,
          cached: (result) => this.cacheResults.push(result),
        },
      },
    )
  }

  /** Resolves when every forwarder has answered the probe for loops, so that no timer is left. */
  async probed(): Promise<void> {
    while (this.clock.timers > 0) await settled()
  }

  /** What a client is told, as the server asks for it. */
  async ask(name: string, type: number = TYPE.A, more: Partial<Question> = {}): Promise<Told> {
    const asked = question(name, type, more)
    return told(this.resolver.cached(asked) ?? (await this.resolver.resolve(asked)))
  }

  private tell(line: string): void {
    // Lines are written by a logger that writes JSON of this shape.
    this.logs.push(JSON.parse(line) as (typeof this.logs)[number])
  }
}

/** A resolver that ends with the test. */
export function startResolving(
  t: Test,
  forwarders: readonly ForwarderAddress[],
  cacheSize?: number,
): Resolving {
  const resolving = new Resolving(forwarders, cacheSize)
  t.teardown(() => resolving.resolver.close())
  return resolving
}

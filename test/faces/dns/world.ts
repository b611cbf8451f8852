import pino from 'pino'
import { decode, encode, type DecodedPacket, type Packet } from 'dns-packet'
import { Director } from '../../../src/core/director.js'
import type { GroupSettings } from '../../../src/core/group-settings.js'
import type { Standing } from '../../../src/core/snapshot.js'
import { targetAt, type Target } from '../../../src/core/target.js'
import { AllowedClients } from '../../../src/faces/dns/allowed-clients.js'
import { QueryMeter, type Transport } from '../../../src/faces/dns/query-meter.js'
import type { Recursion } from '../../../src/faces/dns/recursion.js'
import { Responder } from '../../../src/faces/dns/responder.js'
import type { DnsRecord, DnsSettings } from '../../../src/faces/dns/settings.js'
import { Zone } from '../../../src/faces/dns/zone.js'
import { DnsTraffic } from '../../../src/telemetry/dns-traffic.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { groupSettings } from '../../support/groups.js'

/** A name of the zone `ha.test`, and the group that it follows, of the same name. */
export function recordOf(label: string, answers = 1): DnsRecord {
  const name = label === '@' ? 'ha.test' : `${label}.ha.test`
  return { number: 1, name, targetGroup: label, answers }
}

/** The zone `ha.test` on any free port. */
export function dnsSettings(settings: Partial<DnsSettings> = {}): DnsSettings {
  return {
    host: '127.0.0.1',
    port: 0,
    zone: 'ha.test',
    ttlSeconds: 10,
    nameServer: 'ns.ha.test',
    nameServerAddresses: ['192.0.2.53', '2001:db8::53'],
    hostmaster: 'hostmaster.ha.test',
    records: [],
    allowRecursion: ['127.0.0.0/8', '::1'],
    forwarding: undefined,
    ...settings,
  }
}

/** The target at an address, port 80 where it names none. */
export function targetOn(text: string): Target {
  const { hostname, port } = new URL(`http://${text}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const spec = { scheme: 'http', host, port: Number(port || 80), basePath: '', weight: 1 } as const
  return targetAt(spec, host)
}

/** What is known of targets that are not as they should be. */
export const DOWN: Standing = { state: 'unhealthy', serves: false, reason: '3 checks failed' }
/** Likewise of those that are kept all the same. */
export const KEPT: Standing = { state: 'unhealthy', serves: true, reason: '3 checks failed' }

/** A group of targets on these addresses. */
export interface GroupOf {
  readonly targets: readonly string[]
  readonly standings?: Readonly<Record<string, Standing>>
  readonly settings?: Partial<GroupSettings>
}

/** A response as an independent codec reads it. */
export interface Reply extends DecodedPacket {
  readonly rcode: string
  readonly bytes: Buffer
  /** The data of the answer section. */
  readonly data: readonly unknown[]
}

export function replyOf(bytes: Buffer): Reply {
  const packet = decode(bytes)
  // The decoder sets the response code, which its types do not know of.
  const { rcode } = packet as unknown as { readonly rcode: string }
  const data = (packet.answers ?? []).map((each) => ('data' in each ? each.data : undefined))
  return { ...packet, rcode, bytes, data }
}

/** The OPT record of a query; its type asks for fields that only decoded ones have. */
export function opt(settings: object = {}): Packet {
  const record = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 4096,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    options: [],
    ...settings,
  }
  return { additionals: [record] as unknown as NonNullable<Packet['additionals']> }
}

/** A query for one name. */
export function queryOf(name: string, type = 'A', packet: Packet = {}): Buffer {
  // Every type there is may be asked for, also those that the codec has no name for.
  const questions = [{ name, type }] as NonNullable<Packet['questions']>
  return encode({ type: 'query', id: 7, flags: 0, questions, ...packet })
}

/** A zone with the groups that its names follow, without any socket. */
export class World {
  readonly clock = new ManualClock()
  readonly traffic = new DnsTraffic()
  readonly director = new Director({
    clock: this.clock,
    random: seeded(1),
    onOutcomes: () => undefined,
  })
  readonly responder: Responder
  private readonly meters: Readonly<Record<Transport, QueryMeter>>

  constructor(settings: Partial<DnsSettings> = {}, recursion?: Recursion) {
    const { clock, traffic, director } = this
    const whole = dnsSettings(settings)
    const zone = new Zone(whole, { director, traffic })
    const authority = { zone, recursion, mayRecurse: new AllowedClients(whole.allowRecursion) }
    const log = pino({ enabled: false })
    this.responder = new Responder(authority, { clock, log, traffic })
    this.meters = { udp: new QueryMeter(traffic, 'udp'), tcp: new QueryMeter(traffic, 'tcp') }
  }

  /** Takes the groups, by their names. */
  take(groups: Readonly<Record<string, GroupOf>>): this {
    this.director.apply({
      groups: Object.entries(groups).map(([name, { targets, standings = {}, settings = {} }]) => ({
        settings: groupSettings({ name, ...settings }),
        targets: targets.map(targetOn),
        standings: Object.fromEntries(
          Object.entries(standings).map(([address, standing]) => [targetOn(address).id, standing]),
        ),
      })),
    })
    return this
  }

  /** What these bytes are answered with; undefined for silence. */
  async respond(
    message: Buffer,
    transport: Transport = 'udp',
    client = '127.0.0.1',
  ): Promise<Buffer | undefined> {
    return this.responder.respond(message, client, this.meters[transport])
  }

  async ask(name: string, type = 'A', packet: Packet = {}, client?: string): Promise<Reply> {
    const bytes = await this.respond(queryOf(name, type, packet), 'udp', client)
    if (!bytes) throw new Error('not answered')
    return replyOf(bytes)
  }

  /** The first addresses of so many answers. */
  async firsts(name: string, count: number, type = 'A'): Promise<readonly unknown[]> {
    const firsts: unknown[] = []
    for (let nth = 0; nth < count; nth++) firsts.push((await this.ask(name, type)).data[0])
    return firsts
  }
}

import type { Director } from '../../core/director.js'
import type { Facts } from '../../core/facts.js'
import type { DnsTraffic } from '../../telemetry/dns-traffic.js'
import { addressBytes } from './address-bytes.js'
import { AnswerBuilder, characterString, labelsInside, soaNumbers, type Answer } from './answer.js'
import { RCODES, TYPES } from './codes.js'
import { keyOf, parentOf } from './names.js'
import type { DnsSettings } from './settings.js'
import { SteeredName } from './steered-name.js'
import { explain } from './why.js'

/** Nobody copies the zone, so that nobody compares its serial numbers, nor asks how often to. */
const SERIAL = 1
const REFRESH_SECONDS = 3600
const RETRY_SECONDS = 600
const EXPIRE_SECONDS = 86_400

const IPV4_BYTES = 4

const WHY_PREFIX = keyOf('_why')

/** Gives the answer to one type of question. */
type Answering = (facts: Facts) => Answer

/** What a zone is made from. */
export interface ZoneSurroundings {
  readonly director: Director
  readonly traffic: DnsTraffic
}

/** Everything this server has authority over; made anew for each configuration. */
export class Zone {
  private readonly key: string
  private readonly settings: DnsSettings
  private readonly names = new Map<string, Map<number, Answering>>()
  private readonly nodata: Answer
  private readonly nxdomain: Answer
  /** The least that can be said of all types together (RFC 8482 section 4.2). */
  private readonly any: Answer

  constructor(settings: DnsSettings, { director, traffic }: ZoneSurroundings) {
    this.settings = settings
    this.key = keyOf(settings.zone)
    this.nodata = this.withSoa('authority').build()
    this.nxdomain = this.withSoa('authority').build(RCODES.NXDOMAIN)
    const strings = ['RFC8482', ''].map(characterString)
    this.any = this.builder()
      .add('answer', undefined, TYPES.HINFO, ...strings)
      .build()
    this.addNameServer()
    const { ttlSeconds } = settings
    const steering = { director, traffic, ttlSeconds, nodata: this.nodata }
    for (const record of settings.records)
      this.addSteered(new SteeredName(record, steering), director)
  }

  /**
   * The answer to a question of class IN.
   * @param name key of the name
   * @returns undefined when the name is not in the zone
   */
  answer(name: string, type: number, facts: Facts): Answer | undefined {
    const answers = this.names.get(name)
    const answering = answers?.get(type)
    if (answering) return answering(facts)
    if (answers) return type === TYPES.ANY && answers.size > 0 ? this.any : this.nodata
    return labelsInside(name, this.key) === undefined ? undefined : this.nxdomain
  }

  private addNameServer(): void {
    const ns = keyOf(this.settings.nameServer)
    const addresses = this.settings.nameServerAddresses.map(addressBytes)
    const nameServers = this.builder().add('answer', undefined, TYPES.NS, ns)
    for (const type of [TYPES.A, TYPES.AAAA]) {
      const own = this.builder()
      for (const address of addresses.filter((each) => addressType(each) === type)) {
        own.add('answer', undefined, type, address)
        nameServers.add('additional', ns, type, address)
      }
      if (own.size > 0) this.addStatic(ns, type, own)
    }
    this.addStatic(this.key, TYPES.NS, nameServers)
    this.addStatic(this.key, TYPES.SOA, this.withSoa('answer'))
  }

  private addStatic(key: string, type: number, builder: AnswerBuilder): void {
    const answer = builder.build()
    this.add(key, type, () => answer)
  }

  private addSteered(name: SteeredName, director: Director): void {
    const key = keyOf(name.record.name)
    this.add(key, TYPES.A, (facts) => name.answer(4, facts))
    this.add(key, TYPES.AAAA, (facts) => name.answer(6, facts))
    this.add(WHY_PREFIX + key, TYPES.TXT, () => {
      const group = director.group(name.record.targetGroup)
      const texts = group ? explain(name, group) : []
      return this.builder()
        .add('answer', undefined, TYPES.TXT, ...texts.map(characterString))
        .build()
    })
  }

  /** Adds an answer, and makes the names above it exist: below one that does not there is nothing (RFC 8020). */
  private add(key: string, type: number, answering: Answering): void {
    this.nameAt(key).set(type, answering)
  }

  private nameAt(key: string): Map<number, Answering> {
    const known = this.names.get(key)
    if (known) return known
    const made = new Map<number, Answering>()
    this.names.set(key, made)
    if (labelsInside(key, this.key)) this.nameAt(parentOf(key))
    return made
  }

  private withSoa(section: 'answer' | 'authority'): AnswerBuilder {
    const { nameServer, hostmaster, ttlSeconds } = this.settings
    const names = [keyOf(nameServer), keyOf(hostmaster)]
    const numbers = soaNumbers(SERIAL, REFRESH_SECONDS, RETRY_SECONDS, EXPIRE_SECONDS, ttlSeconds)
    return this.builder().add(section, this.key, TYPES.SOA, ...names, numbers)
  }

  private builder(): AnswerBuilder {
    return new AnswerBuilder(this.key, this.settings.ttlSeconds)
  }
}

function addressType(address: Buffer): number {
  return address.length === IPV4_BYTES ? TYPES.A : TYPES.AAAA
}

import { isIPv4 } from 'node:net'
import type { Candidate } from '../../core/candidate.js'
import type { Director } from '../../core/director.js'
import type { Facts } from '../../core/facts.js'
import type { GroupView } from '../../core/group-view.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { Counter, DnsTraffic } from '../../telemetry/dns-traffic.js'
import { addressBytes } from './address-bytes.js'
import { addressRecord, emptyAnswer, extendedError, type Answer } from './answer.js'
import { EXTENDED_ERRORS, FLAGS, RCODES } from './codes.js'
import type { DnsRecord } from './settings.js'

/** The addresses that one type of question is about. */
export type Family = 4 | 6

/** What names that follow a group work with. */
export interface Steering {
  readonly director: Director
  readonly traffic: DnsTraffic
  readonly ttlSeconds: number
  /** That the name is there, but has nothing of this type. */
  readonly nodata: Answer
}

/** A target as an answer has it. */
interface Told {
  /** The answer that it is alone. */
  readonly answer: Answer
  readonly counter: Counter
}

const { OTHER, NOT_READY } = EXTENDED_ERRORS
const NONE_SERVES = emptyAnswer(
  RCODES.SERVFAIL,
  0,
  extendedError(OTHER, 'none of the targets is healthy'),
)
const NONE_KNOWN = emptyAnswer(
  RCODES.SERVFAIL,
  0,
  extendedError(NOT_READY, 'no target is known yet'),
)

function familyOf(address: string): Family {
  return isIPv4(address) ? 4 : 6
}

/** Those of one family, each address once: several ports of it are one answer. */
function ofFamily(family: Family): (serving: readonly Candidate[]) => readonly Candidate[] {
  return (serving) => {
    const byAddress = new Map<string, Candidate>()
    for (const candidate of serving) {
      const { address } = candidate.target
      if (familyOf(address) === family && !byAddress.has(address)) byAddress.set(address, candidate)
    }
    return [...byAddress.values()]
  }
}

/** A name whose addresses are those of a target group, in the order of its algorithm. */
export class SteeredName {
  readonly record: DnsRecord
  /** The target that the last answer began with. */
  readonly last: Partial<Record<Family, Candidate>> = {}
  private readonly steering: Steering
  private group: TargetGroup | undefined
  private views: Readonly<Record<Family, GroupView>> | undefined
  private told = new WeakMap<Candidate, Told>()

  constructor(record: DnsRecord, steering: Steering) {
    this.record = record
    this.steering = steering
  }

  answer(family: Family, facts: Facts): Answer {
    const group = this.steering.director.group(this.record.targetGroup)
    if (!group) return NONE_KNOWN
    if (group !== this.group || !this.views) {
      this.group = group
      this.views = { 4: group.view(ofFamily(4)), 6: group.view(ofFamily(6)) }
    }
    const order = this.views[family].order(facts)
    const first = order.next()
    if (!first) return this.absence(group, family)
    this.last[family] = first
    const { answers } = this.record
    if (answers === 1) return this.tell(first)
    const addresses = [this.tell(first)]
    while (addresses.length !== answers) {
      const next = order.next()
      if (!next) break
      addresses.push(this.tell(next))
    }
    return together(addresses)
  }

  /** That no target of this family serves has the other reason when the group has none, or serves with another. */
  private absence(group: TargetGroup, family: Family): Answer {
    const { targets } = group
    if (targets.length === 0) return NONE_KNOWN
    const isMeant = targets.some(({ address }) => familyOf(address) === family)
    return isMeant && group.size === 0 ? NONE_SERVES : this.steering.nodata
  }

  private tell(candidate: Candidate): Answer {
    let told = this.told.get(candidate)
    if (!told) {
      const { traffic, ttlSeconds } = this.steering
      const { name, targetGroup } = this.record
      const { id, address } = candidate.target
      told = {
        answer: alone(addressRecord(addressBytes(address), ttlSeconds)),
        counter: traffic.counter('answers', name, targetGroup, id),
      }
      this.told.set(candidate, told)
    }
    told.counter.count++
    return told.answer
  }
}

function alone(record: Buffer): Answer {
  return { ...emptyAnswer(RCODES.NOERROR, FLAGS.AA), counts: [1, 0, 0], records: record }
}

function together(answers: readonly Answer[]): Answer {
  const records = Buffer.concat(answers.map(({ records: own }) => own))
  return { ...emptyAnswer(RCODES.NOERROR, FLAGS.AA), counts: [answers.length, 0, 0], records }
}

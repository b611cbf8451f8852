import type { Clock, Random } from '../../../core/ports.js'
import { hostAndPort } from '../../../core/target.js'
import type { Log } from '../../../telemetry/log.js'
import { Ask, type AskFailure } from './ask.js'
import type { Asked } from './asked.js'
import type { ForwarderAddress } from './channel.js'
import type { Response } from './response.js'

/** What forwarders work with. */
export interface ForwarderSurroundings {
  readonly clock: Clock
  /** One that nobody can foresee. */
  readonly random: Random
  readonly log: Log
  readonly counts: ForwarderCounts
}

/** How an ask ended: as the response says, as the failure says, or with nothing by the time that nobody waited any more. */
export type AskEnding = 'noerror' | 'nxdomain' | 'yxdomain' | AskFailure | 'silent'

/** Where asks are counted, by forwarder. */
export interface ForwarderCounts {
  asked(forwarder: string, ending: AskEnding): void
  /** A message came that is not the response. */
  ignored(forwarder: string): void
}

const ENDINGS: Readonly<Partial<Record<number, AskEnding>>> = {
  0: 'noerror',
  3: 'nxdomain',
  6: 'yxdomain',
}

/** A forwarder that has said nothing for so long has failed. It is waited for, but another one is asked, too. */
export const PATIENCE_MS = 1000

/** Failures in a row, without an answer between them, after which others are asked first. */
const AVOIDED_AFTER = 3
/** How long it is then before a question is tried on it, besides on another; doubles with each trial. */
const SHORTEST_AVOIDANCE_MS = 1000
const LONGEST_AVOIDANCE_MS = 10_000

/** One resolver that questions are passed to, and how it was doing. */
export class Forwarder {
  /** As people write it: `192.0.2.1:53`. */
  readonly name: string
  readonly address: ForwarderAddress
  /** Questions that it is asked come back here: it is of no use. */
  isLooping = false
  private failures = 0
  /** Clock time from which on it may be tried while it is avoided. */
  private trialAt = 0
  /** How often that was done since it is. */
  private trials = 0
  private endTrial = (): void => undefined
  private readonly surroundings: ForwarderSurroundings

  constructor(address: ForwarderAddress, surroundings: ForwarderSurroundings) {
    this.name = hostAndPort(address.host, address.port)
    this.address = address
    this.surroundings = surroundings
  }

  /** It failed several times in a row. */
  get isAvoided(): boolean {
    return this.failures >= AVOIDED_AFTER
  }

  /**
   * Asks it; what is to be learnt about it from what it says is learnt.
   * @returns what ends the ask before its result has come
   */
  ask(asked: Asked, onResult: (result: Response | AskFailure) => void): () => void {
    const { counts } = this.surroundings
    let isOver = false
    const ask = new Ask(this.address, asked, this.surroundings, {
      onIgnored: () => counts.ignored(this.name),
      onResult: (result) => {
        isOver = true
        counts.asked(this.name, typeof result === 'string' ? result : endingOf(result))
        this.learn(result)
        onResult(result)
      },
    })
    return () => {
      if (isOver) return
      isOver = true
      ask.cancel()
      counts.asked(this.name, 'silent')
    }
  }

  /** It did not answer, or not in time. */
  failed(): void {
    this.failures++
    // Many questions may be under way when it stops to answer; that is one reason to avoid it, not many.
    if (this.failures !== AVOIDED_AFTER) return
    this.awaitTrial(0)
    this.surroundings.log.warn({ forwarder: this.name }, 'forwarder does not answer')
  }

  /** When it is avoided and the time has come: sees how it is, with a question that another one is asked as well. */
  tryAgain(asked: Asked): void {
    const { clock } = this.surroundings
    if (!this.isAvoided || this.isLooping || clock.now() < this.trialAt) return
    this.awaitTrial(this.trials + 1)
    const cancel = this.ask(asked, () => timer.cancel())
    const timer = clock.after(PATIENCE_MS, cancel)
    this.endTrial = () => {
      timer.cancel()
      cancel()
    }
  }

  close(): void {
    this.endTrial()
  }

  private awaitTrial(trials: number): void {
    const waitMs = Math.min(LONGEST_AVOIDANCE_MS, SHORTEST_AVOIDANCE_MS * 2 ** trials)
    this.trials = trials
    this.trialAt = this.surroundings.clock.now() + waitMs
  }

  private learn(result: Response | AskFailure): void {
    if (result === 'unreachable' || result === 'malformed') {
      this.failed()
      return
    }
    // Whatever else it says, it is there.
    if (this.isAvoided) this.surroundings.log.info({ forwarder: this.name }, 'forwarder answers')
    this.failures = 0
  }
}

function endingOf({ rcode }: Response): AskEnding {
  return ENDINGS[rcode] ?? 'other'
}

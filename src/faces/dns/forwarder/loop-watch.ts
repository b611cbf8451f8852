import type { Clock, Random, Timer } from '../../../core/ports.js'
import type { Log } from '../../../telemetry/log.js'
import { RCODES, TYPES } from '../codes.js'
import type { Question } from '../message.js'
import { keyOf, nameBytes } from '../names.js'
import { Ask, type AskFailure } from './ask.js'
import { Asked } from './asked.js'
import type { Forwarder } from './forwarder.js'
import { ownResponse } from './own-response.js'
import type { Response } from './response.js'

/** A forwarder that passes questions on may take long for a name that does not exist. */
const PROBE_MS = 10_000
/** How long after a probe that was not answered, or that came back, the next one is sent. */
const PROBE_AGAIN_MS = 60_000
/** What a TXT record holds that nobody else has a reason to give: there are resolvers that have an answer to everything. */
const PROOF = nameBytes(keyOf('pointsman-loop')).subarray(0, -1)

/** What a loop watch works with. */
export interface LoopWatchSurroundings {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * Finds out whether a forwarder, or somebody behind it, passes questions back to this server: it is asked for a name that
 * nobody but this server has an answer to. Until that is found out a loop does no harm, for a question that comes back
 * waits for itself.
 */
export class LoopWatch {
  private readonly domain: string
  private readonly surroundings: LoopWatchSurroundings
  private readonly cancels = new Map<Forwarder, () => void>()

  /** @param instance a label that tells this service from all others; the same in all of its processes */
  constructor(
    forwarders: readonly Forwarder[],
    instance: string,
    surroundings: LoopWatchSurroundings,
  ) {
    this.surroundings = surroundings
    this.domain = keyOf(instance)
    for (const forwarder of forwarders) this.watch(forwarder)
  }

  /** The response to a probe that came back; undefined for everything else. */
  response({ name, type, bytes }: Question): Buffer | undefined {
    if (type !== TYPES.TXT || !name.endsWith(this.domain)) return undefined
    const answer = [{ nameAt: 0, type, ttlSeconds: 0, data: PROOF }]
    return ownResponse(bytes, { rcode: RCODES.NOERROR, answer })
  }

  close(): void {
    for (const cancel of this.cancels.values()) cancel()
    this.cancels.clear()
  }

  /** Until it is clear that it does not lead back here. */
  private watch(forwarder: Forwarder): void {
    const ask = new Ask(forwarder.address, this.probe(), this.surroundings, {
      onIgnored: () => undefined,
      onResult: (result) => {
        timer.cancel()
        this.take(forwarder, result)
      },
    })
    const timer = this.surroundings.clock.after(PROBE_MS, () => {
      ask.cancel()
      this.watchLater(forwarder)
    })
    this.cancels.set(forwarder, () => {
      timer.cancel()
      ask.cancel()
    })
  }

  private take(forwarder: Forwarder, result: Response | AskFailure): void {
    const { log } = this.surroundings
    const wasLooping = forwarder.isLooping
    forwarder.isLooping = typeof result !== 'string' && result.message.includes(PROOF)
    const { name, isLooping } = forwarder
    if (isLooping && !wasLooping) log.error({ forwarder: name }, 'forwarder leads back here')
    if (wasLooping && !isLooping)
      log.info({ forwarder: name }, 'forwarder leads back here no longer')
    if (isLooping || result === 'unreachable') this.watchLater(forwarder)
    else this.cancels.delete(forwarder)
  }

  private watchLater(forwarder: Forwarder): void {
    const timer: Timer = this.surroundings.clock.after(PROBE_AGAIN_MS, () => this.watch(forwarder))
    this.cancels.set(forwarder, () => timer.cancel())
  }

  private probe(): Asked {
    const label = Math.floor(this.surroundings.random.next() * 2 ** 32).toString(36)
    return new Asked({
      name: keyOf(label) + this.domain,
      type: TYPES.TXT,
      bytes: Buffer.alloc(0),
      isDnssecOk: false,
      isCheckingDisabled: false,
    })
  }
}

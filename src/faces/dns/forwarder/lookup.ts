import type { Clock, Timer } from '../../../core/ports.js'
import type { AskFailure } from './ask.js'
import type { Asked } from './asked.js'
import { PATIENCE_MS, type Forwarder } from './forwarder.js'
import type { Response } from './response.js'

/** By then it is over, so that a client hears within five seconds, for which most of them wait. */
export const LOOKUP_MS = 4500

/** How a lookup ended without an answer. */
export interface LookupFailure {
  /** A forwarder said that it has none; else none was there. */
  readonly wasAnswered: boolean
}

/**
 * One question, passed to one forwarder after the other until one answers: in their order, those that are avoided last. The
 * next one is asked when one has failed or is silent; the silent ones once more when there is no other left.
 */
export class Lookup {
  /** Resolves once, always. */
  readonly result: Promise<Response | LookupFailure>
  private resolve: (result: Response | LookupFailure) => void = () => undefined
  private readonly asked: Asked
  private readonly clock: Clock
  /** Who can be asked next. */
  private queue: Forwarder[]
  /** What ends the asks under way. */
  private readonly asks = new Set<() => void>()
  private readonly silent = new Set<Forwarder>()
  private wasAnswered = false
  /** Who was asked last. */
  private current: Forwarder | undefined
  private patience: Timer | undefined
  private readonly deadline: Timer

  constructor(asked: Asked, forwarders: readonly Forwarder[], clock: Clock) {
    this.result = new Promise((resolve) => {
      this.resolve = resolve
    })
    this.asked = asked
    this.clock = clock
    const usable = forwarders.filter(({ isLooping }) => !isLooping)
    this.queue = [
      ...usable.filter(({ isAvoided }) => !isAvoided),
      ...usable.filter(({ isAvoided }) => isAvoided),
    ]
    this.deadline = clock.after(LOOKUP_MS, () => this.fail())
    this.next()
    for (const forwarder of this.queue) forwarder.tryAgain(asked)
  }

  /** Ends it now, without an answer. */
  fail(): void {
    this.end({ wasAnswered: this.wasAnswered })
  }

  private next(): void {
    this.patience?.cancel()
    const forwarder = this.queue.shift()
    this.current = forwarder
    if (!forwarder) {
      if (this.asks.size === 0) this.fail()
      return
    }
    this.patience = this.clock.after(PATIENCE_MS, () => this.losePatience(forwarder))
    this.ask(forwarder)
  }

  private losePatience(forwarder: Forwarder): void {
    // One question that it cannot answer is one failure, however often it is asked.
    if (!this.silent.has(forwarder)) forwarder.failed()
    this.silent.add(forwarder)
    this.queue.push(forwarder)
    this.next()
  }

  private ask(forwarder: Forwarder): void {
    const cancel = forwarder.ask(this.asked, (result) => {
      this.asks.delete(cancel)
      if (typeof result === 'string') this.failed(forwarder, result)
      else this.end(result)
    })
    this.asks.add(cancel)
  }

  private failed(forwarder: Forwarder, failure: AskFailure): void {
    if (failure !== 'unreachable' && failure !== 'malformed') this.wasAnswered = true
    this.queue = this.queue.filter((each) => each !== forwarder)
    if (forwarder === this.current) this.next()
    else if (this.asks.size === 0) this.fail()
  }

  private end(result: Response | LookupFailure): void {
    this.patience?.cancel()
    this.deadline.cancel()
    this.queue = []
    for (const cancel of this.asks) cancel()
    this.asks.clear()
    this.resolve(result)
  }
}

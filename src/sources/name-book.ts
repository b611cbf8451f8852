import { isIPv4 } from 'node:net'
import { PointsmanError } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import { within } from '../core/wait.js'
import type { Resolver, ServiceRecord } from './resolver.js'
import { recordsInUse } from './service-records.js'

/** Longest wait for one answer, its turn in the resolver's queue included. */
const LOOKUP_TIMEOUT_MS = 10_000

/** Answers kept. One that had to go is missed only by a source that starts while the name does not resolve. */
const MAX_REMEMBERED = 10_000

/** Asks one kind of question about names, with a deadline, and remembers the last answer to each. */
export class NameBook<T> {
  private readonly clock: Clock
  private readonly question: (name: string) => Promise<readonly T[]>
  private readonly answers = new Map<string, readonly T[]>()

  constructor(clock: Clock, question: (name: string) => Promise<readonly T[]>) {
    this.clock = clock
    this.question = question
  }

  /** The last answer to whoever asked; empty when there never was one. */
  remembered(name: string): readonly T[] {
    return this.answers.get(name) ?? []
  }

  /**
   * Asks anew.
   * @throws NAME_NOT_RESOLVED when there is no answer, an empty one, none in time, or when `signal` aborts
   */
  async ask(name: string, signal: AbortSignal): Promise<readonly T[]> {
    const answer = await within(this.question(name), LOOKUP_TIMEOUT_MS, this.clock, signal).catch(
      (error: unknown) => {
        throw notResolved(name, error instanceof Error ? error.message : String(error), error)
      },
    )
    if (!answer) throw notResolved(name, `no answer within ${LOOKUP_TIMEOUT_MS} ms`)
    if (answer.length === 0) throw notResolved(name, 'nothing there')
    this.remember(name, answer)
    return answer
  }

  private remember(name: string, answer: readonly T[]): void {
    this.answers.delete(name)
    this.answers.set(name, answer)
    if (this.answers.size <= MAX_REMEMBERED) return
    for (const oldest of this.answers.keys()) {
      this.answers.delete(oldest)
      return
    }
  }
}

function notResolved(name: string, why: string, cause?: unknown): PointsmanError {
  return new PointsmanError('NAME_NOT_RESOLVED', `${name} does not resolve: ${why}`, cause)
}

/**
 * What names stand for. Made once for the whole service: what it remembers is how a reload keeps the addresses of a name
 * that fails just then.
 */
export interface Names {
  /** Of host names: IPv4 before IPv6, each in ascending order, none twice. */
  readonly addresses: NameBook<string>
  /** Of service names: the records in use. */
  readonly services: NameBook<ServiceRecord>
}

const NUMERIC = new Intl.Collator('en', { numeric: true })

function inOrder(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)].sort(
    (a, b) => Number(isIPv4(b)) - Number(isIPv4(a)) || NUMERIC.compare(a, b),
  )
}

/** Names as `resolver` knows them. */
export function namesOf(resolver: Resolver, clock: Clock): Names {
  return {
    addresses: new NameBook(clock, async (host) => inOrder(await resolver.addresses(host))),
    services: new NameBook(clock, async (name) => recordsInUse(await resolver.services(name))),
  }
}

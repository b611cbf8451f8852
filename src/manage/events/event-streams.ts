import { PointsmanError } from '../../core/errors.js'
import type { Clock, Timer } from '../../core/ports.js'
import type { GrantSubject, Operator } from '../http/access.js'
import type { EventOutlet } from './event-outlet.js'

const STATUS_EVERY_MS = 1000
const BEAT_EVERY_MS = 15_000

/** How long whoever has signed out may go on listening. */
const RECOGNISE_EVERY_MS = 5000

/** Of one process, and of one user in it. */
const MOST_STREAMS = 500
const MOST_OF_USER = 20

/** Somebody who listens. */
export interface Listener {
  readonly outlet: EventOutlet
  /** Who it is by now; undefined when they have signed out, or may nothing any more. */
  readonly recognise: () => Promise<Operator | undefined>
}

interface Stream extends Listener {
  operator: Operator
  beatAtMs: number
  recognisedAtMs: number
}

/** What streams tell of by themselves. */
export interface EventStreamsOptions {
  readonly clock: Clock
  /** The state of the service, as JSON on one line. */
  readonly status: () => string
}

/** Everybody who listens to what happens. */
export class EventStreams {
  private readonly options: EventStreamsOptions
  private readonly streams = new Set<Stream>()
  private timer: Timer | undefined

  constructor(options: EventStreamsOptions) {
    this.options = options
  }

  /** Whether somebody else may listen. */
  hasRoomFor({ user }: Operator): boolean {
    const own = [...this.streams].filter(({ operator }) => operator.user === user)
    return this.streams.size < MOST_STREAMS && own.length < MOST_OF_USER
  }

  /** @returns ends it */
  add(operator: Operator, listener: Listener): () => void {
    const now = this.options.clock.now()
    const stream = { ...listener, operator, beatAtMs: now, recognisedAtMs: now }
    this.streams.add(stream)
    stream.outlet.send('status', '', this.options.status())
    this.timer ??= this.options.clock.after(STATUS_EVERY_MS, () => this.tick())
    return () => this.streams.delete(stream)
  }

  /** Tells everybody who may see it. */
  tell(name: string, subject: GrantSubject, about: string, event: unknown): void {
    const json = JSON.stringify(event)
    for (const { operator, outlet } of this.streams)
      if (operator.may('viewer', subject)) outlet.send(name, about, json)
  }

  end(): void {
    this.timer?.cancel()
    for (const { outlet } of this.streams) outlet.end()
    this.streams.clear()
  }

  private tick(): void {
    const { clock, status } = this.options
    this.timer = undefined
    if (this.streams.size === 0) return
    const json = status()
    const now = clock.now()
    for (const stream of this.streams) {
      stream.outlet.send('status', '', json)
      if (now - stream.beatAtMs >= BEAT_EVERY_MS) {
        stream.beatAtMs = now
        stream.outlet.beat()
      }
      if (now - stream.recognisedAtMs >= RECOGNISE_EVERY_MS) {
        stream.recognisedAtMs = now
        void this.recognise(stream)
      }
    }
    this.timer = clock.after(STATUS_EVERY_MS, () => this.tick())
  }

  private async recognise(stream: Stream): Promise<void> {
    try {
      const operator = await stream.recognise()
      if (operator?.mayAnywhere('viewer')) {
        stream.operator = operator
        return
      }
    } catch (error) {
      // As long as the store does not answer those go on who were known.
      if (error instanceof PointsmanError && error.origin === 'store') return
    }
    this.streams.delete(stream)
    stream.outlet.end()
  }
}

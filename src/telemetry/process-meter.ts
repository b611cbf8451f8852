import type { Clock, Timer } from '../core/ports.js'
import { Durations, type DurationCounts } from './durations.js'

const PROBE_EVERY_MS = 50

/** How one process was doing, since it began: plain data, for other processes. */
export interface ProcessSample {
  /** Time on a processor, of user and system. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  /** By how much the event loop was late for something that was due. */
  readonly delays: DurationCounts
}

/** Measures the process it is in. */
export class ProcessMeter {
  private readonly clock: Clock
  private readonly delays = new Durations()
  private timer: Timer

  constructor(clock: Clock) {
    this.clock = clock
    this.timer = this.probe()
  }

  sample(): ProcessSample {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    const { buckets, seconds } = this.delays
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      delays: { buckets: Array.from(buckets), seconds },
    }
  }

  /** Lets go of the timer; to be called once, last. */
  close(): void {
    this.timer.cancel()
  }

  private probe(): Timer {
    const due = this.clock.now() + PROBE_EVERY_MS
    return this.clock.after(PROBE_EVERY_MS, () => {
      this.delays.took(Math.max(0, this.clock.now() - due) / 1000)
      this.timer = this.probe()
    })
  }
}

import type { LoadResult } from './load.js'
import { TICK_MICROS, type Usage } from './usage.js'

/** One contender under one case in one round. */
export interface Sample {
  readonly round: number
  readonly case: string
  readonly contender: string
  readonly requests: number
  readonly requestsPerSecond: number
  readonly mebibytesPerSecond: number
  readonly cpuMicrosPerRequest: number
  /** Part of the time in which the contender ran, 0–1. */
  readonly busyShare: number
  /** Part of the time in which it wanted to run and a foreign process had its core, 0–1. */
  readonly disturbedShare: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly peakRssMiB: number
  readonly errors: number
}

/** Puts what the load generator saw and what the contender used meanwhile in relation. */
export function toSample(
  subject: { round: number; case: string; contender: string },
  result: LoadResult,
  used: Usage,
): Sample {
  const cpuMicros = used.cpuTicks * TICK_MICROS
  // A main thread also waits for the server's own other threads (garbage collection, compilation, other workers), at most as
  // long as those ran; the rest of its waiting was for somebody else.
  const disturbedMicros = used.mainThreads
    .map(({ ran, waited }) => Math.max(0, waited / 1000 - (cpuMicros - ran / 1000)))
    .reduce((sum, micros) => sum + micros, 0)
  return {
    ...subject,
    requests: result.requests,
    requestsPerSecond: (result.requests / result.durationMicros) * 1e6,
    mebibytesPerSecond: (result.bytes / 2 ** 20 / result.durationMicros) * 1e6,
    cpuMicrosPerRequest: cpuMicros / result.requests,
    busyShare: cpuMicros / result.durationMicros,
    disturbedShare: disturbedMicros / result.durationMicros,
    p50Ms: result.p50Micros / 1000,
    p99Ms: result.p99Micros / 1000,
    peakRssMiB: used.peakRssKiB / 1024,
    errors: result.errors,
  }
}

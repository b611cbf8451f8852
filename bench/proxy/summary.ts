import type { Sample } from './sample.js'

/** One contender under one case: medians over the rounds. */
export interface Row {
  readonly case: string
  readonly contender: string
  readonly cpuMicrosPerRequest: number
  readonly cpuLowest: number
  readonly cpuHighest: number
  readonly requestsPerSecond: number
  readonly mebibytesPerSecond: number
  readonly busyShare: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly peakRssMiB: number
  /** Sum over the rounds. */
  readonly errors: number
  /** To the reference contender; undefined when it did not run. */
  readonly ratios: Ratios | undefined
}

/**
 * Medians of the ratios of each round: a contender and the reference are compared only as measured minutes apart,
 * so a machine that gets slower or faster on the way cancels out.
 */
export interface Ratios {
  readonly cpu: number
  readonly requestsPerSecond: number
  readonly p99: number
}

/** One row for each case and contender among the samples, in the order in which they first appear. */
export function summarize(samples: readonly Sample[], reference: string): Row[] {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = `${sample.case} ${sample.contender}`
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  return [...groups.values()].map((group) => summarizeGroup(group, samples, reference))
}

function summarizeGroup(
  group: readonly Sample[],
  samples: readonly Sample[],
  reference: string,
): Row {
  const [first] = group
  if (!first) throw new Error('a group without samples')
  const cpu = group.map((sample) => sample.cpuMicrosPerRequest)
  return {
    case: first.case,
    contender: first.contender,
    cpuMicrosPerRequest: median(cpu),
    cpuLowest: Math.min(...cpu),
    cpuHighest: Math.max(...cpu),
    requestsPerSecond: median(group.map((sample) => sample.requestsPerSecond)),
    mebibytesPerSecond: median(group.map((sample) => sample.mebibytesPerSecond)),
    busyShare: median(group.map((sample) => sample.busyShare)),
    p50Ms: median(group.map((sample) => sample.p50Ms)),
    p99Ms: median(group.map((sample) => sample.p99Ms)),
    peakRssMiB: median(group.map((sample) => sample.peakRssMiB)),
    errors: group.reduce((sum, sample) => sum + sample.errors, 0),
    ratios: ratiosOf(group, samples, reference),
  }
}

function ratiosOf(
  group: readonly Sample[],
  samples: readonly Sample[],
  reference: string,
): Ratios | undefined {
  const pairs = group.flatMap((own) => {
    const other = samples.find(
      (sample) =>
        sample.contender === reference && sample.case === own.case && sample.round === own.round,
    )
    return other ? [{ own, other }] : []
  })
  if (pairs.length === 0) return undefined
  const ratio = (value: (sample: Sample) => number) =>
    median(pairs.map(({ own, other }) => value(own) / value(other)))
  return {
    cpu: ratio((sample) => sample.cpuMicrosPerRequest),
    requestsPerSecond: ratio((sample) => sample.requestsPerSecond),
    p99: ratio((sample) => sample.p99Ms),
  }
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper
}

/** Prints what was measured; on standard error, which the test runner passes on as it is. */
export function tell(what: string, figure: string): void {
  process.stderr.write(`  ${what.padEnd(64)} ${figure}\n`)
}

/** Bytes as people read them. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / (1 << 20))} MiB`
}

/** The value below which such a share of `samples` lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** Median, 99th percentile and maximum of durations in milliseconds. */
export function latencies(samplesMs: readonly number[]): string {
  const at = (share: number) => percentile(samplesMs, share).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${samplesMs.length} requests)`
}

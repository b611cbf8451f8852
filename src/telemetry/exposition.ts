import { DURATION_BOUNDS, type DurationCounts } from './durations.js'

/** Content type of the text format. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The bounds that are told, in seconds: some of those that are counted by. */
const TOLD_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Text comes in pieces of about this length. */
const PIECE_LENGTH = 65_536

/** One number, or all that is known of some durations, under the values of its metric's labels. */
export type Sample = readonly [labels: readonly string[], value: number | DurationCounts]

/** A metric, and where its numbers come from. */
export interface Metric<Source> {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** What it tells, in one line. */
  readonly help: string
  readonly samples: (source: Source) => Iterable<Sample>
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

function labelPairs(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => `${name}="${escaped(values[at] ?? '')}"`).join(',')
}

function histogramLines(name: string, pairs: string, { buckets, seconds }: DurationCounts): string {
  const front = `${name}_bucket{${pairs}${pairs === '' ? '' : ','}le=`
  let lines = ''
  let count = 0
  let next = 0
  for (const bound of TOLD_BOUNDS) {
    for (; (DURATION_BOUNDS[next] ?? Infinity) <= bound; next++) count += buckets[next] ?? 0
    lines += `${front}"${bound}"} ${count}\n`
  }
  for (; next < buckets.length; next++) count += buckets[next] ?? 0
  const braced = pairs === '' ? '' : `{${pairs}}`
  return (
    `${lines}${front}"+Inf"} ${count}\n` +
    `${name}_sum${braced} ${seconds}\n${name}_count${braced} ${count}\n`
  )
}

function sampleLines({ name, labels }: Metric<never>, [values, value]: Sample): string {
  const pairs = labelPairs(labels, values)
  if (typeof value !== 'number') return histogramLines(name, pairs, value)
  return pairs === '' ? `${name} ${value}\n` : `${name}{${pairs}} ${value}\n`
}

/**
 * The text format of Prometheus (version 0.0.4), in pieces: a caller that lets other work be done between them holds up
 * nothing, however many targets there are.
 */
export function* exposition<Source>(
  metrics: readonly Metric<Source>[],
  source: Source,
): Generator<string> {
  let text = ''
  for (const metric of metrics) {
    const { name, help, type } = metric
    text += `# HELP ${name} ${help.replace(/\\/g, '\\\\')}\n# TYPE ${name} ${type}\n`
    for (const sample of metric.samples(source)) {
      text += sampleLines(metric, sample)
      if (text.length < PIECE_LENGTH) continue
      yield text
      text = ''
    }
  }
  yield text
}

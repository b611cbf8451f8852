import type { JSX } from 'preact'

const WIDTH = 120
const HEIGHT = 28

interface SparklineProps {
  /** The oldest first; null where there was none. */
  readonly values: readonly (number | null)[]
  /** For how many values there is room: fewer stand at the end. */
  readonly room: number
  /** What it shows, in words, with its last value: it is a picture for those who do not see it. */
  readonly label: string
  readonly tone?: 'accent' | 'bad'
}

interface Point {
  readonly x: number
  readonly y: number
}

function pointsOf({ values, room }: SparklineProps): readonly (readonly Point[])[] {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE)
  const first = room - values.length
  const runs: Point[][] = [[]]
  for (const [i, value] of values.entries()) {
    const x = ((first + i) / (room - 1)) * WIDTH
    if (value === null) runs.push([])
    else runs.at(-1)?.push({ x, y: HEIGHT - 2 - (value / highest) * (HEIGHT - 4) })
  }
  return runs.filter((run) => run.length > 0)
}

function pathOf(run: readonly Point[]): string {
  const points = run.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)
  return `M${points.join('L')}${run.length === 1 ? 'h.1' : ''}`
}

/** A small chart of the recent past, from nothing to its highest value. */
export function Sparkline(props: SparklineProps): JSX.Element {
  const { label, tone = 'accent' } = props
  return (
    <svg
      class={`sparkline ${tone}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="sparkline-base" d={`M0 ${HEIGHT - 2}H${WIDTH}`} />
      {pointsOf(props).map((run) => (
        <path key={run[0]?.x} class="sparkline-line" d={pathOf(run)} />
      ))}
    </svg>
  )
}

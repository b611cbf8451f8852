import type { JSX } from 'preact'
import { Sparkline } from '../../components/sparkline.js'
import { KEPT_MOMENTS } from '../../state/live-status.js'

interface MeasureProps {
  readonly title: string
  readonly value: string
  readonly unit?: string
  /** The recent past, the oldest first. */
  readonly values?: readonly (number | null)[]
  readonly tone?: 'accent' | 'bad'
}

/** A number that is looked at often, with its recent past. */
export function Measure({ title, value, unit = '', values, tone }: MeasureProps): JSX.Element {
  return (
    <div class="measure">
      <p class="measure-title">{title}</p>
      <p class="measure-value">
        {value} <span class="measure-unit">{unit}</span>
      </p>
      {values && (
        <Sparkline
          values={values}
          room={KEPT_MOMENTS}
          tone={tone ?? 'accent'}
          label={`${title} of the last two minutes, now ${value} ${unit}`}
        />
      )}
    </div>
  )
}

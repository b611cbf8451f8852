import type { JSX } from 'preact'
import type { StatusView } from '../../../../src/manage/status.js'
import { count, duration, rate } from '../../components/amounts.js'
import { Badge, type Tone } from '../../components/badge.js'
import { momentsOf, type Moment } from '../../state/live-status.js'
import { Measure } from './measure.js'

const PHASES: Readonly<Record<StatusView['phase'], Tone>> = {
  starting: 'warning',
  serving: 'good',
  draining: 'warning',
}

type RateName = 'requestsPerSecond' | 'errorsPerSecond'

/** Sums over groups moment by moment; a group that came later has fewer, and they are the last. */
function sums({ groups }: StatusView, name: RateName): readonly number[] {
  const pasts = groups.map((group) => momentsOf(group.name))
  const length = Math.max(0, ...pasts.map((past) => past.length))
  return Array.from({ length }, (_, i) =>
    pasts.reduce((sum, past) => {
      const moment: Moment | undefined = past[past.length - length + i]
      return sum + (moment?.[name] ?? 0)
    }, 0),
  )
}

/** The service in five numbers. */
export function Summary({ status }: { readonly status: StatusView }): JSX.Element {
  const { phase, version, uptimeSeconds, groups } = status
  const targets = groups.flatMap((group) => group.targets)
  const serving = targets.filter(({ serves }) => serves).length
  const total = (name: RateName): number => groups.reduce((sum, group) => sum + group[name], 0)
  const inFlight = groups.reduce((sum, group) => sum + group.inFlight, 0)
  return (
    <section class="card summary" aria-label="The service as a whole">
      <div class="measure">
        <p class="measure-title">Service</p>
        <p class="measure-value">
          <Badge tone={PHASES[phase]}>{phase}</Badge>
        </p>
        <p class="small soft">
          version {version}, up {duration(uptimeSeconds)}
        </p>
      </div>
      <div class="measure">
        <p class="measure-title">Targets that serve</p>
        <p class="measure-value">
          {count(serving)} <span class="measure-unit">of {count(targets.length)}</span>
        </p>
        <p class="small soft">{count(inFlight)} requests in flight</p>
      </div>
      <Measure
        title="Requests"
        value={rate(total('requestsPerSecond'))}
        unit="/s"
        values={sums(status, 'requestsPerSecond')}
      />
      <Measure
        title="Errors"
        value={rate(total('errorsPerSecond'))}
        unit="/s"
        values={sums(status, 'errorsPerSecond')}
        tone="bad"
      />
    </section>
  )
}

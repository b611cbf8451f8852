import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { GroupView, TargetView } from '../../../../src/manage/status.js'
import {
  count,
  counted,
  duration,
  milliseconds,
  millisecondsPair,
  rate,
} from '../../components/amounts.js'
import { Badge, type Tone } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { Moment } from '../../components/moment.js'
import { Empty } from '../../components/states.js'
import { momentsOf } from '../../state/live-status.js'
import { may } from '../../state/session.js'
import { Measure } from './measure.js'
import { TargetBadge } from './target-badge.js'
import { TargetDialog } from './target-dialog.js'
import { reasonOf } from './target-words.js'

const SOURCES: Readonly<Record<string, Tone>> = { live: 'good', lost: 'bad', starting: 'neutral' }

interface TargetProps {
  readonly target: TargetView
}

function WeightCell({ target: { weight, override } }: TargetProps): JSX.Element {
  const isOverridden = override !== null && override.weight !== null
  return isOverridden ? <Badge tone="accent">{count(weight)} by hand</Badge> : <>{count(weight)}</>
}

interface ColumnsOptions {
  /** Wall time in ms of what is shown. */
  readonly now: number
  /** Whether one may change targets of the group. */
  readonly isMine: boolean
  readonly manage: (target: TargetView) => void
}

function columnsOf({ now, isMine, manage }: ColumnsOptions): readonly Column<TargetView>[] {
  const columns: Column<TargetView>[] = [
    { title: 'Target', cell: ({ address }) => <span class="code">{address}</span>, isHeader: true },
    { title: 'State', cell: ({ state }) => <TargetBadge state={state} /> },
    {
      title: 'Why',
      isWide: true,
      cell: (target) => (
        <span>
          {reasonOf(target)},{' '}
          <span class="soft">
            <Moment at={target.since} now={now} />
          </span>
        </span>
      ),
    },
    { title: 'Weight', cell: (target) => <WeightCell target={target} />, isNumber: true },
    { title: 'Requests/s', cell: (target) => rate(target.requestsPerSecond), isNumber: true },
    { title: 'Errors/s', cell: (target) => rate(target.errorsPerSecond), isNumber: true },
    {
      title: 'p50 / p99',
      cell: ({ p50Ms, p99Ms }) => millisecondsPair(p50Ms, p99Ms),
      isNumber: true,
    },
    { title: 'In flight', cell: ({ inFlight }) => count(inFlight), isNumber: true },
  ]
  if (!isMine) return columns
  const cell = (target: TargetView): JSX.Element => (
    <Button isSmall label={`Change ${target.address}`} onClick={() => manage(target)}>
      Change
    </Button>
  )
  return [...columns, { title: 'Actions', cell, isActions: true }]
}

/** Hosts of an application belong to those who decide about it. */
function subjectOf(group: string): string {
  return group.startsWith('application:') ? group : '*'
}

function Source({ source }: Pick<GroupView, 'source'>): JSX.Element {
  const { kind, state, ageSeconds, reason } = source
  const age = ageSeconds === null || ageSeconds === 0 ? '' : ` for ${duration(ageSeconds)}`
  return (
    <span class="soft small">
      source {kind}{' '}
      <Badge tone={SOURCES[state] ?? 'neutral'}>
        {state}
        {age}
      </Badge>{' '}
      {reason}
    </span>
  )
}

function Measures({ group }: { readonly group: GroupView }): JSX.Element {
  const past = momentsOf(group.name)
  return (
    <div class="measures">
      <Measure
        title="Requests"
        value={rate(group.requestsPerSecond)}
        unit="/s"
        values={past.map((moment) => moment.requestsPerSecond)}
      />
      <Measure
        title="Errors"
        value={rate(group.errorsPerSecond)}
        unit="/s"
        tone="bad"
        values={past.map((moment) => moment.errorsPerSecond)}
      />
      <Measure
        title="p50"
        value={milliseconds(group.p50Ms)}
        values={past.map(({ p50Ms }) => p50Ms)}
      />
      <Measure
        title="p99"
        value={milliseconds(group.p99Ms)}
        values={past.map(({ p99Ms }) => p99Ms)}
      />
    </div>
  )
}

/** A group with its traffic and its targets. @param now wall time in ms of what is shown */
export function GroupCard(props: { readonly group: GroupView; readonly now: number }): JSX.Element {
  const { group, now } = props
  const [managed, setManaged] = useState<TargetView>()
  const { name, algorithm, role, targets, source } = group
  const serving = targets.filter(({ serves }) => serves).length
  const isWhole = serving > 0 && serving === targets.length
  const tone = isWhole ? 'good' : serving === 0 && targets.length > 0 ? 'bad' : 'warning'
  return (
    <section class="group" aria-labelledby={`group-${name}`}>
      <div class="section-head">
        <h3 id={`group-${name}`}>{name}</h3>
        <Badge tone={tone}>
          {serving} of {counted(targets.length, 'target')}
        </Badge>
        <span class="soft small group-about">
          {algorithm.toLowerCase().replaceAll('_', ' ')}
          {role !== null && `, role ${role}`}
        </span>
        <Source source={source} />
      </div>
      <Measures group={group} />
      <DataTable
        caption={`Targets of ${name}`}
        columns={columnsOf({ now, isMine: may('approver', subjectOf(name)), manage: setManaged })}
        rows={targets}
        rowKey={({ id }) => id}
        empty={<Empty title="No target yet">Its source has told of none.</Empty>}
      />
      {managed && (
        <TargetDialog group={group} target={managed} onClose={() => setManaged(undefined)} />
      )}
    </section>
  )
}

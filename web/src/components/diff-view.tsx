import type { JSX } from 'preact'
import type { Difference } from '../../../src/manage/api/changes.js'
import { Badge, type Tone } from './badge.js'
import { lineDiff, type DiffLine } from './line-diff.js'
import { Empty } from './states.js'

const TONES: Readonly<Record<Difference['kind'], Tone>> = {
  added: 'good',
  removed: 'bad',
  changed: 'accent',
  moved: 'neutral',
}

const MARKS: Readonly<Record<DiffLine['kind'], { sign: string; word: string }>> = {
  same: { sign: ' ', word: '' },
  added: { sign: '+', word: 'added: ' },
  removed: { sign: '−', word: 'removed: ' },
}

function linesOf(value: unknown): readonly string[] {
  if (value === undefined) return []
  return (typeof value === 'string' ? value : JSON.stringify(value, null, 2)).split('\n')
}

/** Two texts, line by line. */
export function LineDiff(props: {
  readonly before: readonly string[]
  readonly after: readonly string[]
}): JSX.Element {
  return (
    <pre class="diff-lines" tabIndex={0} role="group" aria-label="Lines before and after">
      {lineDiff(props.before, props.after).map(({ kind, text }, i) => (
        <span key={i} class={`diff-line ${kind}`}>
          <span class="diff-sign" aria-hidden="true">
            {MARKS[kind].sign}
          </span>
          <span class="visually-hidden">{MARKS[kind].word}</span>
          {`${text}\n`}
        </span>
      ))}
    </pre>
  )
}

/** What is different between two documents, one thing after the other. */
export function DiffView({
  differences,
}: {
  readonly differences: readonly Difference[]
}): JSX.Element {
  if (differences.length === 0) return <Empty title="No difference" />
  return (
    <ul class="diff">
      {differences.map((each) => (
        <li key={`${each.kind} ${each.path}`} class="card">
          <p class="diff-title">
            <Badge tone={TONES[each.kind]}>{each.kind}</Badge>
            <strong>{each.what}</strong>
          </p>
          {each.kind !== 'moved' && (
            <LineDiff before={linesOf(each.before)} after={linesOf(each.after)} />
          )}
        </li>
      ))}
    </ul>
  )
}

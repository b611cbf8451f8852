import type { JSX } from 'preact'
import type { Conflict } from '../../../../src/model/merge.js'
import { Button } from '../../components/button.js'
import { LineDiff } from '../../components/diff-view.js'

interface ConflictListProps {
  readonly conflicts: readonly Conflict[]
  readonly onDecide: (conflict: Conflict, side: 'ours' | 'theirs') => void
}

function linesOf(value: unknown): readonly string[] {
  if (value === undefined) return ['(nothing)']
  return (typeof value === 'string' ? value : JSON.stringify(value, null, 2)).split('\n')
}

function Side(props: {
  readonly title: string
  readonly base: unknown
  readonly value: unknown
}): JSX.Element {
  return (
    <div>
      <h4>{props.title}</h4>
      <LineDiff before={linesOf(props.base)} after={linesOf(props.value)} />
    </div>
  )
}

/** Where two have changed the same: what either made of it, and the choice. */
export function ConflictList({ conflicts, onDecide }: ConflictListProps): JSX.Element {
  return (
    <ul class="stack" aria-label="Conflicts">
      {conflicts.map((conflict) => (
        <li key={`${conflict.path} ${conflict.what}`} class="card stack">
          <div class="section-head">
            <h3>{conflict.what}</h3>
            <div class="button-row">
              <Button
                label={`Keep mine: ${conflict.what}`}
                onClick={() => onDecide(conflict, 'ours')}
              >
                Keep mine
              </Button>
              <Button
                label={`Take theirs: ${conflict.what}`}
                onClick={() => onDecide(conflict, 'theirs')}
              >
                Take theirs
              </Button>
            </div>
          </div>
          <div class="columns">
            <Side title="Mine" base={conflict.base} value={conflict.ours} />
            <Side title="Theirs" base={conflict.base} value={conflict.theirs} />
          </div>
        </li>
      ))}
    </ul>
  )
}

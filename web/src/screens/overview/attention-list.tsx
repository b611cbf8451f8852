import type { JSX } from 'preact'
import type { StatusView } from '../../../../src/manage/status.js'
import { counted } from '../../components/amounts.js'
import { Badge } from '../../components/badge.js'
import { troublesOf, type Trouble } from './attention.js'

const SHOWN_AT_ONCE = 6

function TroubleLine({ trouble }: { readonly trouble: Trouble }): JSX.Element {
  const { severity, what, why } = trouble
  return (
    <li>
      <Badge tone={severity}>{severity === 'bad' ? 'failing' : 'look'}</Badge>
      <p>
        <strong>{what}</strong>
        {why !== '' && <span class="soft"> {why}</span>}
      </p>
    </li>
  )
}

/** What is not as it should be, or that all is well. */
export function AttentionList({ status }: { readonly status: StatusView }): JSX.Element {
  const troubles = troublesOf(status)
  const line = (trouble: Trouble): JSX.Element => (
    <TroubleLine key={`${trouble.what} ${trouble.why}`} trouble={trouble} />
  )
  if (troubles.length === 0)
    return (
      <p class="all-well">
        <Badge tone="good">all well</Badge> Every target that is in service serves, and every source
        is live.
      </p>
    )
  const rest = troubles.slice(SHOWN_AT_ONCE)
  return (
    <section class="card attention" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <ul>{troubles.slice(0, SHOWN_AT_ONCE).map(line)}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{counted(rest.length, 'more thing')}</summary>
          <ul>{rest.map(line)}</ul>
        </details>
      )}
    </section>
  )
}

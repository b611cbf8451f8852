import type { JSX } from 'preact'
import type { ImpactView } from '../../../../src/manage/api/changes.js'
import { Badge } from '../../components/badge.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { Notice } from '../../components/states.js'

type SliceImpact = ImpactView['slices'][number]
type Example = ImpactView['examples'][number]

function percentWords({ percentBefore, percent }: SliceImpact): string {
  return percentBefore === percent ? `${percent} %` : `${percentBefore} % → ${percent} %`
}

const SLICES: readonly Column<SliceImpact>[] = [
  { title: 'Slice', cell: ({ name }) => name, isHeader: true },
  { title: 'Leads to', cell: ({ path }) => path },
  { title: 'Clients', cell: percentWords, isNumber: true },
  {
    title: 'Hosts',
    isNumber: true,
    cell: ({ hosts }) => (hosts === 0 ? <Badge tone="bad">none</Badge> : hosts),
  },
]

function parameterWords({ parameters }: Example): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  return pairs.join(', ') || 'nothing is known of the client'
}

const EXAMPLES: readonly Column<Example>[] = [
  { title: 'Request', cell: parameterWords, isHeader: true },
  { title: 'Now', cell: ({ before }) => before },
  { title: 'Then', cell: ({ after }) => after },
]

const ORIGINS: Readonly<Record<ImpactView['origin'], string>> = {
  given: 'given requests',
  recorded: 'recorded requests',
  generated: 'requests made from the rules',
}

/** What a change would do to requests and hosts. */
export function ImpactReport({ impact }: { readonly impact: ImpactView }): JSX.Element {
  const { samples, moved, origin, examples, slices, minimumHosts } = impact
  const [tone, verdict] = minimumHosts.isMet
    ? (['neutral', 'Gateways would take it'] as const)
    : (['bad', 'Gateways would refuse it'] as const)
  return (
    <div class="stack">
      <Notice tone={tone}>
        {verdict}: {minimumHosts.detail}.
      </Notice>
      <DataTable
        caption="Slices after the change"
        columns={SLICES}
        rows={slices}
        rowKey={({ name }) => name}
      />
      {samples > 0 && (
        <p>
          <strong>
            {moved} of {samples}
          </strong>{' '}
          {ORIGINS[origin]} would go elsewhere.
        </p>
      )}
      {examples.length > 0 && (
        <DataTable
          caption="Requests that would go elsewhere"
          columns={EXAMPLES}
          rows={examples}
          rowKey={({ parameters }) => JSON.stringify(parameters)}
        />
      )}
    </div>
  )
}

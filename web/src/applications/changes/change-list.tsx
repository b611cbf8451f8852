import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ChangeSummary, ChangeState } from '../../../../src/manage/api/changes.js'
import { apiPath, get } from '../../api/client.js'
import { onEvent } from '../../api/event-stream.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { SelectField } from '../../components/field.js'
import { Empty, ErrorState, Loading } from '../../components/states.js'
import { linkTo } from '../../router/route.js'
import { useLoaded } from '../../state/use-loaded.js'
import { STATE_TONES, subjectWords, timeWords } from './change-words.js'

/** Whose changes: of an application, of the lists, or of everything that one may see. */
export interface ChangeQuery {
  readonly application?: string
  readonly lists?: 'true'
}

interface Page {
  readonly items: readonly ChangeSummary[]
  readonly next: string | null
}

const PAGE_SIZE = 50

const STATES = [
  { value: 'open', title: 'open' },
  { value: 'scheduled', title: 'scheduled' },
  { value: '', title: 'any' },
  { value: 'applied', title: 'applied' },
  { value: 'rejected', title: 'rejected' },
  { value: 'withdrawn', title: 'withdrawn' },
  { value: 'failed', title: 'failed' },
] as const satisfies readonly { value: ChangeState | ''; title: string }[]

const COLUMNS: readonly Column<ChangeSummary>[] = [
  {
    title: 'Change',
    isHeader: true,
    cell: ({ id, title }) => <a href={linkTo(['changes', id])}>{title}</a>,
  },
  { title: 'Of', cell: ({ subject }) => subjectWords(subject) },
  {
    title: 'State',
    cell: ({ state, applyAt }) => (
      <div>
        <Badge tone={STATE_TONES[state]}>{state}</Badge>{' '}
        {state === 'scheduled' && applyAt !== null && timeWords(applyAt)}
      </div>
    ),
  },
  { title: 'By', cell: ({ authors }) => authors.join(', ') },
  { title: 'Last changed', cell: ({ changedAt }) => timeWords(changedAt) },
  { title: 'Differences', cell: ({ differences }) => differences, isNumber: true },
  { title: 'Comments', cell: ({ comments }) => comments, isNumber: true },
]

/** Change sets, the newest first. */
export function ChangeList({ query }: { readonly query: ChangeQuery }): JSX.Element {
  const [state, setState] = useState<ChangeState | ''>('open')
  const [pages, setPages] = useState(1)
  const load = async (signal: AbortSignal): Promise<Page> => {
    const items: ChangeSummary[] = []
    let before: string | undefined
    for (let page = 0; page < pages; page++) {
      const path = apiPath(['changes'], { ...query, state, before, limit: PAGE_SIZE })
      const { items: more, next } = await get<Page>(path, signal)
      items.push(...more)
      if (next === null) return { items, next }
      before = next
    }
    return { items, next: before ?? null }
  }
  const { value, error, reload } = useLoaded(load, [state, pages])
  useEffect(() => onEvent('change', reload), [])
  return (
    <>
      <SelectField
        label="State"
        value={state}
        choices={STATES}
        onSelect={(chosen) => {
          setState(chosen)
          setPages(1)
        }}
      />
      {error && <ErrorState error={error} retry={reload} />}
      {!value && !error && <Loading what="changes" />}
      {value && (
        <DataTable
          caption="Changes"
          columns={COLUMNS}
          rows={value.items}
          rowKey={({ id }) => id}
          empty={<Empty title="There is no such change" />}
        />
      )}
      {value?.next && (
        <div>
          <Button onClick={() => setPages(pages + 1)}>Show more</Button>
        </div>
      )}
    </>
  )
}

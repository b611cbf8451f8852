import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { AuditEntryView } from '../../../../src/manage/api/accounts.js'
import { apiPath, get } from '../../api/client.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { TextField } from '../../components/field.js'
import { Moment } from '../../components/moment.js'
import { PageHeader } from '../../components/page-header.js'
import { Empty, ErrorState, Loading } from '../../components/states.js'
import { linkTo, navigate } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { useLoaded } from '../../state/use-loaded.js'

const COLUMNS: readonly Column<AuditEntryView>[] = [
  { title: 'When', cell: ({ at }) => <Moment at={at} />, isHeader: true },
  { title: 'Who', cell: ({ by }) => (by === '' ? <span class="soft">nobody known</span> : by) },
  {
    title: 'What',
    cell: ({ action }) =>
      action.endsWith('-failed') ? <Badge tone="warning">{action}</Badge> : action,
  },
  { title: 'Of', cell: ({ subject }) => subject },
  { title: 'Detail', isWide: true, cell: ({ detail }) => detail },
  { title: 'From', cell: ({ from }) => <span class="code">{from}</span> },
]

/** A page of the log. */
interface Page {
  readonly items: readonly AuditEntryView[]
  /** What `before` has to be for the next page; null on the last. */
  readonly next: string | null
}

interface Filter {
  readonly by: string
  readonly action: string
}

function FilterForm({ filter }: { readonly filter: Filter }): JSX.Element {
  const [by, setBy] = useState(filter.by)
  const [action, setAction] = useState(filter.action)
  const submit = (event: Event): void => {
    event.preventDefault()
    navigate(linkTo(['audit'], { by: by.trim(), action: action.trim() }))
  }
  return (
    <form class="field-row" role="search" aria-label="Audit log" onSubmit={submit}>
      <TextField label="Who" type="search" value={by} onInput={setBy} />
      <TextField label="What" type="search" value={action} onInput={setAction} />
      <Button type="submit">Filter</Button>
    </form>
  )
}

/** The pages after the first, as far as somebody asked for them. */
function useOlder(filter: Filter, first: string | null | undefined) {
  const [pages, setPages] = useState<readonly Page[]>([])
  const [wanted, setWanted] = useState(0)
  const next = pages.length > 0 ? pages.at(-1)?.next : first
  const { error, isLoading } = useLoaded(
    async (signal) => {
      if (wanted === 0 || next === null || next === undefined) return
      const page = await get<Page>(apiPath(['audit'], { ...filter, before: next }), signal)
      setPages((before) => [...before, page])
    },
    [wanted],
  )
  const items = pages.flatMap((page) => page.items)
  return { items, next, error, isLoading, more: () => setWanted((count) => count + 1) }
}

function Entries({ filter }: { readonly filter: Filter }): JSX.Element {
  const { value, error, reload } = useLoaded((signal) =>
    get<Page>(apiPath(['audit'], { ...filter }), signal),
  )
  const older = useOlder(filter, value?.next)
  if (error) return <ErrorState error={error} retry={reload} />
  if (!value) return <Loading what="audit log" />
  return (
    <>
      <DataTable
        caption="Audit log, the newest first"
        columns={COLUMNS}
        rows={[...value.items, ...older.items]}
        rowKey={({ id }) => id}
        empty={<Empty title="Nothing of that kind has happened" />}
      />
      {older.error && <ErrorState error={older.error} retry={older.more} />}
      {older.next !== null && (
        <div class="button-row">
          <Button isBusy={older.isLoading} onClick={older.more}>
            Show older
          </Button>
        </div>
      )}
    </>
  )
}

/** Who signed in and who changed what. */
export function AuditScreen({ query }: ScreenProps): JSX.Element {
  const filter = { by: query.get('by') ?? '', action: query.get('action') ?? '' }
  const key = JSON.stringify(filter)
  return (
    <>
      <PageHeader title="Audit log" lead="Every sign-in and every change, the newest first." />
      <FilterForm key={`form ${key}`} filter={filter} />
      <Entries key={key} filter={filter} />
    </>
  )
}

import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { NamespacedList } from '../../../../src/model/document.js'
import { PageHeader } from '../../components/page-header.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { TabLinks } from '../../components/tabs.js'
import { linkTo } from '../../router/route.js'
import { may } from '../../state/session.js'
import { listsState } from '../application-state.js'
import { DraftBar } from '../page/draft-bar.js'

/** The lists once they are loaded. */
export interface LoadedLists {
  readonly lists: readonly NamespacedList[]
  /** Whether one may propose changes. */
  readonly canEdit: boolean
  readonly setLists: (
    update: (lists: readonly NamespacedList[]) => readonly NamespacedList[],
    field?: string,
  ) => void
}

const PAGES = [
  ['lists', 'Lists', linkTo(['lists'])],
  ['changes', 'Changes', linkTo(['list-changes'])],
  ['history', 'History', linkTo(['list-history'])],
] as const

interface ListsPageProps {
  readonly page: (typeof PAGES)[number][0]
  readonly title: string
  readonly lead?: ComponentChildren
  readonly isPart?: boolean
  readonly children: (loaded: LoadedLists) => ComponentChildren
}

/** The frame of everything about the lists. */
export function ListsPage({ page, title, lead, isPart, children }: ListsPageProps): JSX.Element {
  useEffect(() => void listsState.load(), [])
  const { workspace, error } = listsState
  const lists = workspace.content.value
  const canEdit = may('editor', 'lists')
  const failure = error.value
  const links = PAGES.map(([id, text, href]) => ({ href, title: text, isCurrent: id === page }))
  return (
    <>
      <PageHeader
        title={title}
        lead={lead}
        {...(isPart && { crumbs: [{ title: 'Lists', href: linkTo(['lists']) }] })}
      />
      <TabLinks label="Pages of the lists" links={links} />
      {failure && lists && (
        <Notice tone="warning">This may be out of date. {failure.message}</Notice>
      )}
      {!lists &&
        (failure ? (
          <ErrorState error={failure} retry={() => void listsState.load()} />
        ) : (
          <Loading what="lists" />
        ))}
      {lists &&
        children({
          lists,
          canEdit,
          setLists: (update, field) => workspace.edit(update, field),
        })}
      {canEdit && <DraftBar state={listsState} />}
    </>
  )
}

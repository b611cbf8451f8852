import type { JSX } from 'preact'
import { PageHeader } from '../../components/page-header.js'
import type { ScreenProps } from '../../router/screens.js'
import { ListsPage } from '../lists/lists-page.js'
import { ApplicationPage } from '../page/application-page.js'
import { ChangeList } from './change-list.js'

/** Change sets of everything. */
export function ChangesScreen(): JSX.Element {
  return (
    <>
      <PageHeader title="Changes" lead="What is proposed, and what became of it." />
      <ChangeList query={{}} />
    </>
  )
}

/** Change sets of one application. */
export function ApplicationChangesScreen({ params }: ScreenProps): JSX.Element {
  const name = params['app'] ?? ''
  return (
    <ApplicationPage
      name={name}
      page="changes"
      title="Changes"
      lead="What is proposed, and what became of it."
    >
      {() => <ChangeList query={{ application: name }} />}
    </ApplicationPage>
  )
}

/** Change sets of the lists. */
export function ListChangesScreen(): JSX.Element {
  return (
    <ListsPage page="changes" title="Changes of lists">
      {() => <ChangeList query={{ lists: 'true' }} />}
    </ListsPage>
  )
}

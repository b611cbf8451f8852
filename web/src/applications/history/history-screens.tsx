import type { JSX } from 'preact'
import type { ScreenProps } from '../../router/screens.js'
import { ListsPage } from '../lists/lists-page.js'
import { ApplicationPage } from '../page/application-page.js'
import { HistoryList } from './history-list.js'

/** The versions of an application. */
export function HistoryScreen({ params }: ScreenProps): JSX.Element {
  const name = params['app'] ?? ''
  return (
    <ApplicationPage
      name={name}
      page="history"
      title="History"
      lead="Every version, who wrote it, who approved it, and what it changed."
    >
      {() => <HistoryList subject={`application:${name}`} />}
    </ApplicationPage>
  )
}

/** The versions of the lists. */
export function ListHistoryScreen(): JSX.Element {
  return (
    <ListsPage page="history" title="History of lists">
      {() => <HistoryList subject="lists" />}
    </ListsPage>
  )
}

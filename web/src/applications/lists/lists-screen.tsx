import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NamespacedList } from '../../../../src/model/document.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { TextField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { Empty } from '../../components/states.js'
import { linkTo, navigate } from '../../router/route.js'
import { listsState } from '../application-state.js'
import { freeName } from '../rules/rule-rows.js'
import { ListSearch, ListUsers } from './list-search.js'
import { ListsPage, type LoadedLists } from './lists-page.js'

function columnsWith(edited: ReadonlySet<string>): readonly Column<NamespacedList>[] {
  return [
    {
      title: 'List',
      isHeader: true,
      cell: ({ name }) => (
        <>
          <a href={linkTo(['lists', name])}>{name}</a>{' '}
          {edited.has(`list ${name}`) && <Badge tone="accent">edited</Badge>}
        </>
      ),
    },
    { title: 'Type', cell: ({ type }) => type },
    { title: 'Values', cell: ({ values }) => values.length.toLocaleString('en'), isNumber: true },
    { title: 'Description', cell: ({ description }) => description },
    { title: 'Used by', cell: ({ name }) => <ListUsers name={name} /> },
  ]
}

function Lists({ lists, canEdit, setLists }: LoadedLists): JSX.Element {
  const [filter, setFilter] = useState('')
  const edited = new Set(listsState.workspace.differences.value.map(({ what }) => what))
  const wanted = filter.toLowerCase()
  const found = lists.filter(({ name, description }) =>
    `${name}\n${description}`.toLowerCase().includes(wanted),
  )
  const add = (): void => {
    const taken = lists.map(({ name }) => name)
    const name = freeName('New_list', taken)
    setLists((all) => [...all, { name, description: '', type: 'text', values: [] }])
    navigate(linkTo(['lists', name]))
  }
  return (
    <>
      <ListSearch lists={lists} />
      <div class="field-row">
        <TextField label="Filter" type="search" value={filter} onInput={setFilter} />
        {canEdit && (
          <Button tone="primary" onClick={add}>
            <Icon name="plus" /> New list
          </Button>
        )}
      </div>
      <DataTable
        caption="Lists"
        columns={columnsWith(edited)}
        rows={found}
        rowKey={({ name }) => name}
        empty={<Empty title={lists.length > 0 ? 'No list has this' : 'There are no lists yet'} />}
      />
    </>
  )
}

/** The lists of values that conditions of every application may use. */
export function ListsScreen(): JSX.Element {
  return (
    <ListsPage
      page="lists"
      title="Lists"
      lead="Values by a name that conditions of every application may use."
    >
      {(loaded) => <Lists {...loaded} />}
    </ListsPage>
  )
}

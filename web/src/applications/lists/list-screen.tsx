import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { LIST_TYPES, type NamespacedList } from '../../../../src/model/document.js'
import { counted } from '../../components/amounts.js'
import { Button } from '../../components/button.js'
import { SelectField, TextField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { Empty, Notice } from '../../components/states.js'
import { linkTo, navigate } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { listsState } from '../application-state.js'
import { replaced } from '../conditions/condition-group.js'
import { NameField } from '../fields/name-field.js'
import { Editable } from '../page/application-page.js'
import { problemsWithin } from '../rules/rule-rows.js'
import { ListImport } from './list-import.js'
import { ListUsers } from './list-search.js'
import { writeValues } from './list-values.js'
import { saveFile } from '../transfer/save-file.js'
import { ListsPage, type LoadedLists } from './lists-page.js'

/** So many values are shown; the filter finds the others. */
const MOST_SHOWN = 200

const TYPE_WORDS = {
  text: 'Texts',
  ip: 'Addresses and networks',
  encoded: 'Texts whose MD5 clients send',
} as const
const TYPES = LIST_TYPES.map((type) => ({ value: type, title: TYPE_WORDS[type] }))

type OnList = (list: NamespacedList, field?: string) => void

function Values(props: {
  readonly list: NamespacedList
  readonly canEdit: boolean
  readonly onList: OnList
}): JSX.Element {
  const { list, canEdit, onList } = props
  const [filter, setFilter] = useState('')
  const wanted = filter.toLowerCase()
  const found = list.values.filter((value) => value.toLowerCase().includes(wanted))
  const remove = (value: string): void =>
    onList({ ...list, values: list.values.filter((each) => each !== value) })
  return (
    <section class="stack" aria-labelledby="list-values">
      <div class="section-head">
        <h2 id="list-values">{counted(list.values.length, 'value')}</h2>
        <Button onClick={() => saveFile(`${list.name}.txt`, writeValues(list), 'text/plain')}>
          Export
        </Button>
      </div>
      <TextField label="Filter" type="search" value={filter} onInput={setFilter} />
      {found.length === 0 && <Empty title="No value" />}
      <ul class="chips">
        {found.slice(0, MOST_SHOWN).map((value) => (
          <li key={value} class="chip">
            <code>{value}</code>
            {canEdit && (
              <Button isSmall tone="quiet" label={`Remove ${value}`} onClick={() => remove(value)}>
                <Icon name="close" />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {found.length > MOST_SHOWN && (
        <p class="soft">The first {MOST_SHOWN} are shown. Filter to find the others.</p>
      )}
    </section>
  )
}

function ListFields(props: {
  readonly list: NamespacedList
  readonly lists: readonly NamespacedList[]
  readonly at: string
  readonly onList: OnList
  readonly onName: (name: string) => void
}): JSX.Element {
  const { list, lists, at, onList, onName } = props
  const stored = listsState.workspace.stored.value?.content ?? []
  // A list that is stored is known to rules by its name.
  const isNew = !stored.some(({ name }) => name === list.name)
  return (
    <div class="field-row">
      {isNew && (
        <NameField
          label="Name"
          name={list.name}
          taken={lists.flatMap((each) => (each === list ? [] : [each.name]))}
          onName={onName}
        />
      )}
      <SelectField
        label="Type"
        value={list.type}
        choices={TYPES}
        onSelect={(type) => onList({ ...list, type })}
      />
      <TextField
        label="Description"
        value={list.description}
        onInput={(description) => onList({ ...list, description }, `${at}/description`)}
      />
    </div>
  )
}

function ListForm(loaded: LoadedLists & { readonly name: string }): JSX.Element {
  const { lists, canEdit, setLists, name } = loaded
  const index = lists.findIndex((each) => each.name === name)
  const list = lists[index]
  if (!list) return <Empty title={`There is no list ${name}`} />
  const users = listsState.users.value.get(name) ?? []
  const set: OnList = (next, field) => setLists((all) => replaced(all, index, next), field)
  const rename = (next: string): void => {
    set({ ...list, name: next }, `/${index}/name`)
    navigate(linkTo(['lists', next]), 'replace')
  }
  const remove = (): void => {
    setLists((all) => replaced(all, index, undefined))
    navigate(linkTo(['lists']))
    notify(`${name} is deleted in your draft.`, { undo: () => listsState.workspace.undo() })
  }
  const problems = problemsWithin(listsState.problems.value, `/${index}`)
  return (
    <>
      <p>
        <span class="soft">Used by: </span>
        <ListUsers name={name} />
      </p>
      {problems.length > 0 && (
        <Notice tone="bad">{problems.map(({ message }) => message).join('; ')}</Notice>
      )}
      <Editable canEdit={canEdit}>
        <ListFields list={list} lists={lists} at={`/${index}`} onList={set} onName={rename} />
        {canEdit && <ListImport {...loaded} list={list} />}
      </Editable>
      <Values list={list} canEdit={canEdit} onList={set} />
      {canEdit && (
        <div>
          <Button onClick={remove} isDisabled={users.length > 0}>
            Delete {name}
          </Button>
          {users.length > 0 && <p class="soft small">It cannot go while rules use it.</p>}
        </div>
      )}
    </>
  )
}

/** One list. */
export function ListScreen({ params }: ScreenProps): JSX.Element {
  const name = params['list'] ?? ''
  return (
    <ListsPage page="lists" title={name} isPart>
      {(loaded) => <ListForm {...loaded} name={name} />}
    </ListsPage>
  )
}

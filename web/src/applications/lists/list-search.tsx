import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type {
  ApplicationSummary,
  ApplicationView,
} from '../../../../src/manage/api/applications.js'
import type { NamespacedList } from '../../../../src/model/document.js'
import { apiPath } from '../../api/client.js'
import { Badge } from '../../components/badge.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { getOrKept } from '../../offline/kept-answers.js'
import { linkTo } from '../../router/route.js'
import { useLoaded } from '../../state/use-loaded.js'
import { listsState } from '../application-state.js'
import { MODEL } from '../draft/document-kind.js'
import { searchLists, usesOfValue, type ListUse } from './list-uses.js'

/** Where a rule or a template is. */
export function UseLink({ use }: { readonly use: ListUse }): JSX.Element {
  const { application, kind, rule } = use
  const isTemplate = kind.endsWith('emplate')
  const segment = kind === 'rule' ? 'rule' : 'url-rule'
  const href = isTemplate
    ? linkTo(['applications', application, 'templates'])
    : linkTo(['applications', application, segment], { id: rule })
  return (
    <a href={href}>
      {application}: {kind} {rule}
    </a>
  )
}

/** The rules that use a list, as the service knows them. */
export function ListUsers({ name }: { readonly name: string }): JSX.Element {
  const users = listsState.users.value.get(name) ?? []
  if (users.length === 0) return <span class="soft">no rule uses it</span>
  return (
    <ul class="inline-list">
      {users.map(({ application, kind, rule }) => (
        <li key={`${application} ${kind} ${rule}`}>
          {/* Kinds of the service are those of `ListUse`. */}
          <UseLink use={{ application, kind: kind as ListUse['kind'], rule }} />
        </li>
      ))}
    </ul>
  )
}

async function usesIn(value: string, signal: AbortSignal): Promise<readonly ListUse[]> {
  const path = apiPath(['applications'])
  const { items } = await getOrKept<{ items: readonly ApplicationSummary[] }>(path, signal)
  const uses = await Promise.all(
    items.map(async ({ name }) => {
      const view = await getOrKept<ApplicationView>(apiPath(['applications', name]), signal)
      return usesOfValue(name, MODEL.read(view.document), value)
    }),
  )
  return uses.flat()
}

function DirectUses({ value }: { readonly value: string }): JSX.Element | null {
  const { value: uses, error } = useLoaded((signal) => usesIn(value, signal), [value])
  if (error) return <Notice tone="warning">Rules were not searched. {error.message}</Notice>
  if (!uses || uses.length === 0) return null
  return (
    <div>
      <h3>Rules that have it themselves</h3>
      <ul>
        {uses.map((use) => (
          <li key={`${use.application} ${use.kind} ${use.rule}`}>
            <UseLink use={use} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Which list holds a value, and which rules use it. */
export function ListSearch({ lists }: { readonly lists: readonly NamespacedList[] }): JSX.Element {
  const [text, setText] = useState('')
  const hits = searchLists(lists, text)
  return (
    <section class="card stack" aria-labelledby="list-search">
      <h2 id="list-search">Where is a value?</h2>
      <TextField
        label="Value"
        type="search"
        description="Addresses are found in networks, too"
        value={text}
        onInput={setText}
      />
      {text.trim() !== '' && (
        <div class="stack" role="status">
          {hits.length === 0 && <p>No list has it.</p>}
          <ul class="stack">
            {hits.map(({ list, value, isExact }) => (
              <li key={list.name}>
                <a href={linkTo(['lists', list.name])}>{list.name}</a>{' '}
                {value !== text.trim() && <code>{value}</code>}{' '}
                {!isExact && <Badge>a part of it</Badge>} <ListUsers name={list.name} />
              </li>
            ))}
          </ul>
          <DirectUses value={text.trim()} />
        </div>
      )}
    </section>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { listsOf } from '../../../../src/model/lists-of.js'
import { Badge } from '../../components/badge.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { SelectField } from '../../components/field.js'
import { ProblemList } from '../../components/problem-list.js'
import { Notice } from '../../components/states.js'
import { linkTo } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { ApplicationPage, type LoadedApplication } from '../page/application-page.js'
import { linkToRule } from '../rules/edit-rules.js'
import { summaryRows, type SummaryRow } from './summary-rows.js'

const KINDS: Readonly<Record<SummaryRow['kind'], string>> = {
  default: 'Everybody else',
  slice: 'Slice',
  rule: 'Rule',
}

function ListLinks({ names }: { readonly names: readonly string[] }): JSX.Element {
  return (
    <ul class="inline-list">
      {names.map((name) => (
        <li key={name}>
          <a href={linkTo(['lists', name])}>{name}</a>
        </li>
      ))}
    </ul>
  )
}

function columnsFor(application: string): readonly Column<SummaryRow>[] {
  return [
    {
      title: 'Who',
      isHeader: true,
      cell: ({ kind, name }) =>
        kind === 'rule' ? (
          <a href={linkToRule(application, 'rule', name)}>{name}</a>
        ) : (
          `${KINDS[kind]}${name === '' ? '' : ` (${name})`}`
        ),
    },
    { title: 'Leads to', cell: ({ servers }) => servers.join(', ') },
    {
      title: 'Clients',
      cell: ({ percent, lists }) =>
        percent === undefined ? <ListLinks names={lists} /> : `${percent} %`,
    },
    {
      title: 'Hosts',
      isNumber: true,
      cell: ({ hosts }) => (hosts === 0 ? <Badge tone="bad">none</Badge> : (hosts ?? '–')),
    },
  ]
}

function ServedState({ state }: LoadedApplication): JSX.Element | null {
  const view = state.view.value
  if (!view) return null
  const { version, servedVersion, problems } = view
  if (problems.length === 0 && version === servedVersion)
    return <p class="soft">Version {version} serves.</p>
  return (
    <Notice tone="bad">
      <p>
        Version {version} does not serve
        {servedVersion === null ? '.' : `; version ${servedVersion} does.`}
      </p>
      <ProblemList problems={problems} />
    </Notice>
  )
}

function Summary(app: LoadedApplication): JSX.Element {
  const { state, model } = app
  const [list, setList] = useState('')
  const choices = [
    { value: '', title: 'any list' },
    ...[...listsOf(model)].sort().map((name) => ({ value: name, title: name })),
  ]
  return (
    <>
      <ServedState {...app} />
      <SelectField label="Rules that use" value={list} choices={choices} onSelect={setList} />
      <DataTable
        caption={`Who gets what of ${state.name}`}
        columns={columnsFor(state.name)}
        rows={summaryRows(model, state.stacks.value, list)}
        rowKey={({ kind, name, servers }) => `${kind} ${name} ${servers.join()}`}
      />
    </>
  )
}

/** Who gets what, on one page. */
export function SummaryScreen({ params }: ScreenProps): JSX.Element {
  const name = params['app'] ?? ''
  return (
    <ApplicationPage name={name} page="summary" title={name} lead="Who gets what.">
      {(app) => <Summary {...app} />}
    </ApplicationPage>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { TextField } from '../../components/field.js'
import { Empty } from '../../components/states.js'
import { filteredRows, type RuleRow } from './rule-rows.js'

/** So many rules are shown; the filter finds the others. */
const MOST_SHOWN = 200

/** What can be done with a rule of a list. */
export interface RuleActions {
  readonly linkOf: (id: string) => string
  /** Undefined where the list does not decide the order. */
  readonly move: ((index: number, by: number) => void) | undefined
  readonly copy: (index: number) => void
  readonly remove: (index: number) => void
}

interface RuleListProps<Result> {
  readonly caption: string
  readonly rows: readonly RuleRow<Result>[]
  readonly canEdit: boolean
  readonly actions: RuleActions
  /** What stands beside a rule's name: added, changed. */
  readonly isChanged: (id: string) => boolean
}

function RuleName<Result>(props: {
  readonly row: RuleRow<Result>
  readonly href: string
  readonly isChanged: boolean
}): JSX.Element {
  const { rule, problems, warnings } = props.row
  return (
    <div class="rule-name">
      <a href={props.href}>{rule.id}</a>
      {rule.template !== undefined && <Badge>template {rule.template}</Badge>}
      {props.isChanged && <Badge tone="accent">edited</Badge>}
      {problems.length > 0 && <Badge tone="bad">{problems.length} wrong</Badge>}
      {warnings.map(({ message, path }) => (
        <Badge key={path + message} tone="warning">
          {message}
        </Badge>
      ))}
    </div>
  )
}

function Conditions<Result>({ row }: { readonly row: RuleRow<Result> }): JSX.Element {
  const { conditions, then, otherwise } = row.words
  return (
    <div class="rule-words">
      <ul>
        {conditions.map((words, index) => (
          <li key={index}>
            {index > 0 && <span class="soft">and </span>}
            {words}
          </li>
        ))}
      </ul>
      <p class="rule-then">
        <span aria-hidden="true">→ </span>
        {then}
        {otherwise !== '' && <span class="soft">, otherwise {otherwise}</span>}
      </p>
    </div>
  )
}

function Actions<Result>(props: {
  readonly row: RuleRow<Result>
  readonly actions: RuleActions
}): JSX.Element {
  const { row, actions } = props
  const { rule, index } = row
  const { move } = actions
  return (
    <div class="button-row">
      {move && (
        <>
          <Button isSmall label={`Move ${rule.id} up`} onClick={() => move(index, -1)}>
            ↑
          </Button>
          <Button isSmall label={`Move ${rule.id} down`} onClick={() => move(index, 1)}>
            ↓
          </Button>
        </>
      )}
      <Button isSmall label={`Copy ${rule.id}`} onClick={() => actions.copy(index)}>
        Copy
      </Button>
      <Button isSmall label={`Delete ${rule.id}`} onClick={() => actions.remove(index)}>
        Delete
      </Button>
    </div>
  )
}

/** Rules in the order in which they are tried. */
export function RuleList<Result>(props: RuleListProps<Result>): JSX.Element {
  const { caption, rows, canEdit, actions, isChanged } = props
  const [text, setText] = useState('')
  const found = filteredRows(rows, text)
  const columns: readonly Column<RuleRow<Result>>[] = [
    { title: 'Turn', cell: ({ turn }) => turn, isNumber: true },
    {
      title: 'Rule',
      isHeader: true,
      cell: (row) => (
        <RuleName row={row} href={actions.linkOf(row.rule.id)} isChanged={isChanged(row.rule.id)} />
      ),
    },
    { title: 'Who, and where to', cell: (row) => <Conditions row={row} /> },
    { title: 'Cost', cell: ({ cost }) => cost, isNumber: true },
    ...(canEdit
      ? [
          {
            title: 'Actions',
            cell: (row: RuleRow<Result>) => <Actions row={row} actions={actions} />,
          },
        ]
      : []),
  ]
  return (
    <>
      <TextField
        label="Filter"
        type="search"
        description={`${found.length} of ${rows.length}; by name, condition or server`}
        value={text}
        onInput={setText}
      />
      <DataTable
        caption={caption}
        columns={columns}
        rows={found.slice(0, MOST_SHOWN)}
        rowKey={({ rule }) => rule.id}
        empty={<Empty title={rows.length > 0 ? 'No rule has this' : 'There are no rules yet'} />}
      />
      {found.length > MOST_SHOWN && (
        <p class="soft">The first {MOST_SHOWN} are shown. Filter to find the others.</p>
      )}
    </>
  )
}

import type { ComponentChildren, JSX } from 'preact'

/** A column of a table. */
export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ComponentChildren
  /** Numbers stand at the end of their cells, so that they can be compared. */
  readonly isNumber?: boolean
  /** Has text that needs room. */
  readonly isWide?: boolean
  /** What can be done with the row: it stays in sight where the table is wider than its frame. */
  readonly isActions?: boolean
  /** What the row is called by; one column of a table has it. */
  readonly isHeader?: boolean
}

interface DataTableProps<T> {
  /** What is in it; for screen readers, unless there is no other heading. */
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly rowKey: (row: T) => string
  /** In place of a table without rows. */
  readonly empty?: ComponentChildren
  /** Class of a row. */
  readonly rowClass?: (row: T) => string
}

function classOf<T>({ isNumber, isWide, isActions }: Column<T>): string | undefined {
  if (isActions) return 'actions'
  if (isNumber) return 'number'
  return isWide ? 'wide' : undefined
}

function Cell<T>({ column, row }: { readonly column: Column<T>; readonly row: T }): JSX.Element {
  const { title, cell, isHeader } = column
  const shared = { class: classOf(column), 'data-title': title }
  // The roles are said because the narrow form takes them from the elements by its `display`.
  return isHeader ? (
    <th {...shared} scope="row" role="rowheader">
      {cell(row)}
    </th>
  ) : (
    <td {...shared} role="cell">
      {cell(row)}
    </td>
  )
}

/** A table, of which each row is a card where there is little room. */
export function DataTable<T>(props: DataTableProps<T>): JSX.Element {
  const { caption, columns, rows, rowKey, empty, rowClass } = props
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>
  return (
    <div class="table-frame">
      <table class="data-table" role="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.title} scope="col" role="columnheader" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" class={rowClass?.(row)}>
              {columns.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

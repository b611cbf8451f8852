/** SGR parameters; undefined for none. */
export type Style = string | undefined

/** One field of a row. */
export interface Cell {
  readonly text: string
  readonly style?: Style
}

/** One column. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Whether it takes what the others leave, and is cut short. */
  readonly isElastic?: boolean
  /** Columns are given up where there is no room for all: the highest first. 0 is never given up. */
  readonly giveUp: number
}

const GAP = 2
/** An elastic column needs as much. */
const ELASTIC_MIN = 12

interface Fitted {
  readonly column: Column
  readonly at: number
  readonly width: number
}

function lengthOf(text: string): number {
  return Array.from(text).length
}

function cut(text: string, width: number): string {
  return lengthOf(text) <= width
    ? text
    : `${Array.from(text)
        .slice(0, Math.max(0, width - 1))
        .join('')}…`
}

function padded(text: string, width: number, align: Column['align']): string {
  const blanks = ' '.repeat(Math.max(0, width - lengthOf(text)))
  return align === 'left' ? text + blanks : blanks + text
}

/** How wide each column is; those that are given up are left out. */
function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly Fitted[] {
  const wanted = columns.map((column, at) => ({
    column,
    at,
    width: rows.reduce(
      (most, row) => Math.max(most, lengthOf(row[at]?.text ?? '')),
      lengthOf(column.title),
    ),
  }))
  const needed = ({ column, width: want }: Fitted): number =>
    GAP + (column.isElastic ? Math.min(want, ELASTIC_MIN) : want)
  let kept = wanted
  const excess = (): number => kept.reduce((sum, each) => sum + needed(each), -GAP) - width
  for (let least = 9; excess() > 0 && least > 0; least--)
    kept = kept.filter(({ column }) => column.giveUp < least)
  let spare = -excess()
  return kept.map((each) => {
    const least = needed(each) - GAP
    const width = Math.max(1, Math.min(each.width, least + spare))
    spare -= width - least
    return { ...each, width }
  })
}

/**
 * A table, its titles first, in lines that are no longer than `width`.
 * @param hasColors whether styles are written
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  hasColors: boolean,
): readonly string[] {
  const fitted = fit(columns, rows, width)
  const line = (cellOf: (each: Fitted) => Cell): string => {
    const fields = fitted.map((each) => {
      const { text, style } = cellOf(each)
      const field = padded(cut(text, each.width), each.width, each.column.align)
      return style !== undefined && hasColors ? `\x1b[${style}m${field}\x1b[0m` : field
    })
    return fields.join(' '.repeat(GAP)).trimEnd()
  }
  const titles = line(({ column }) => ({ text: column.title, style: '1' }))
  return [titles, ...rows.map((row) => line(({ at }) => row[at] ?? { text: '' }))]
}

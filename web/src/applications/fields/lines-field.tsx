import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { TextField } from '../../components/field.js'

interface LinesFieldProps {
  readonly label: string
  readonly description?: string
  readonly error?: string | undefined
  readonly lines: readonly string[]
  readonly onLines: (lines: readonly string[]) => void
  readonly rows?: number
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Several values, one per line; what is being typed stays as it is, and blank lines mean nothing. */
export function LinesField(props: LinesFieldProps): JSX.Element {
  const { lines, onLines, rows = 3 } = props
  const [text, setText] = useState('')
  const isOwn = linesOf(text).join('\n') === lines.join('\n')
  return (
    <TextField
      label={props.label}
      description={props.description ?? 'One per line'}
      error={props.error}
      rows={Math.min(12, Math.max(rows, lines.length))}
      value={isOwn ? text : lines.join('\n')}
      onInput={(typed) => {
        setText(typed)
        onLines(linesOf(typed))
      }}
    />
  )
}

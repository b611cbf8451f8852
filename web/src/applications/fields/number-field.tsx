import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { TextField } from '../../components/field.js'

interface NumberFieldProps {
  readonly label: string
  readonly description?: ComponentChildren
  readonly error?: string | undefined
  /** Undefined for an empty field. */
  readonly value: number | undefined
  /** Gets NaN for what is no number, which validation tells. */
  readonly onNumber: (value: number | undefined) => void
  readonly min?: number
  readonly max?: number
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text)
}

/** A number, or nothing; what is being typed stays as it is. */
export function NumberField(props: NumberFieldProps): JSX.Element {
  const { value, onNumber, min, max } = props
  const [text, setText] = useState('')
  const isOwn = Object.is(numberOf(text), value)
  return (
    <TextField
      label={props.label}
      description={props.description}
      error={props.error}
      type="number"
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      value={isOwn ? text : String(value ?? '')}
      onInput={(typed) => {
        setText(typed)
        onNumber(numberOf(typed))
      }}
    />
  )
}

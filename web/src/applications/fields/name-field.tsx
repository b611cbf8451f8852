import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isName } from '../../../../src/model/values.js'
import { TextField } from '../../components/field.js'

interface NameFieldProps {
  readonly label: string
  readonly name: string
  /** Those of the others, which cannot be taken. */
  readonly taken: readonly string[]
  readonly onName: (name: string) => void
}

function complaint(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'The name is missing.'
  if (!isName(name)) return 'A name is made of letters, digits and _, and is not "undefined".'
  return taken.includes(name) ? `There is another one called ${name}.` : undefined
}

/** The name of a rule, a template or a list. What cannot be one stays in the field: it tells the things apart. */
export function NameField({ label, name, taken, onName }: NameFieldProps): JSX.Element {
  const [typed, setTyped] = useState<string>()
  const text = typed ?? name
  const type = (next: string): void => {
    if (complaint(next, taken) === undefined) {
      setTyped(undefined)
      onName(next)
    } else setTyped(next)
  }
  return (
    <TextField
      label={label}
      value={text}
      error={typed === undefined ? undefined : complaint(typed, taken)}
      onInput={type}
      isRequired
    />
  )
}

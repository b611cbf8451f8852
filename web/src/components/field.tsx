import type { ComponentChildren, HTMLAttributes, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly description?: ComponentChildren
  /** What is wrong with it. */
  readonly error?: string | undefined
  /** Attributes that tie the input to its label, description and error. */
  readonly children: (ties: FieldTies) => ComponentChildren
}

/** Attributes of an input. */
export interface FieldTies {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': 'true' | undefined
}

/** An input with its label, what it means, and what is wrong with it. */
export function Field({ label, description, error, children }: FieldProps): JSX.Element {
  const id = useId()
  const described = [description && `${id}-about`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class={`field${error ? ' invalid' : ''}`}>
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? 'true' : undefined,
      })}
      {description && (
        <p class="field-about" id={`${id}-about`}>
          {description}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

// One object each, since the types of Preact tie what else an input may have to each kind.
const KINDS = {
  text: { type: 'text' },
  password: { type: 'password' },
  search: { type: 'search' },
  number: { type: 'number' },
  'datetime-local': { type: 'datetime-local' },
} as const

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: keyof typeof KINDS
  readonly name?: string
  readonly autocomplete?: string
  readonly placeholder?: string
  readonly isRequired?: boolean
  readonly isReadOnly?: boolean
  readonly min?: number
  readonly max?: number
  /** With more than one it is a box of so many lines. */
  readonly rows?: number
  /** Suggestions while one types. */
  readonly suggestions?: readonly string[]
}

function SuggestingInput(props: {
  readonly id: string
  readonly suggestions: readonly string[]
  readonly input: Omit<HTMLAttributes<HTMLInputElement>, 'role'>
}): JSX.Element {
  const { id, suggestions, input } = props
  return (
    <>
      <input {...input} type="text" autocomplete="off" list={`${id}-list`} />
      <datalist id={`${id}-list`}>
        {suggestions.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </>
  )
}

/** A line of text, or several. */
export function TextField(props: TextFieldProps): JSX.Element {
  const { label, description, error, rows = 1, suggestions, onInput } = props
  const shared = {
    name: props.name,
    value: props.value,
    placeholder: props.placeholder,
    required: props.isRequired,
    readOnly: props.isReadOnly,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      onInput(currentTarget.value),
  }
  const input = (ties: FieldTies): JSX.Element => {
    if (rows > 1) return <textarea {...ties} {...shared} rows={rows} />
    if (suggestions)
      return (
        <SuggestingInput id={ties.id} suggestions={suggestions} input={{ ...ties, ...shared }} />
      )
    const { autocomplete = 'off', min, max } = props
    const kind = KINDS[props.type ?? 'text']
    return <input {...ties} {...shared} {...kind} autocomplete={autocomplete} min={min} max={max} />
  }
  return (
    <Field label={label} description={description} error={error}>
      {input}
    </Field>
  )
}

/** A choice that has a value and is called something. */
export interface Choice<T extends string> {
  readonly value: T
  readonly title: string
}

interface SelectFieldProps<T extends string> extends Omit<FieldProps, 'children'> {
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly onSelect: (value: T) => void
}

/** One of a few. */
export function SelectField<T extends string>(props: SelectFieldProps<T>): JSX.Element {
  const { value, choices, onSelect } = props
  const select = (chosen: string): void => {
    const found = choices.find((choice) => choice.value === chosen)
    if (found) onSelect(found.value)
  }
  return (
    <Field label={props.label} description={props.description} error={props.error}>
      {(ties) => (
        <select
          {...ties}
          value={value}
          onChange={({ currentTarget }) => select(currentTarget.value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** Yes or no. */
export function CheckField(props: {
  readonly label: ComponentChildren
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
  readonly isDisabled?: boolean
}): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.isChecked}
        disabled={props.isDisabled}
        onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { linkTo } from '../../router/route.js'
import { useEditor } from '../editor-context.js'

interface ListPickerProps {
  readonly lists: readonly string[]
  readonly onLists: (lists: readonly string[]) => void
  readonly error?: string | undefined
}

/** Names of lists, found while one types. */
export function ListPicker({ lists, onLists, error }: ListPickerProps): JSX.Element {
  const { listNames } = useEditor()
  const [text, setText] = useState('')
  const free = listNames.filter((name) => !lists.includes(name))
  const add = (name: string): void => {
    setText('')
    onLists([...lists, name])
  }
  // Choosing a suggestion is the same event as typing it to the end.
  const type = (typed: string): void => (free.includes(typed) ? add(typed) : setText(typed))
  const wanted = text === '' ? undefined : `There is no list ${text}.`
  return (
    <div class="list-picker">
      <TextField
        label="Lists"
        value={text}
        onInput={type}
        suggestions={free}
        placeholder={free.length > 0 ? 'Type to find a list' : 'There is no other list'}
        error={error ?? wanted}
      />
      {lists.length > 0 && (
        <ul class="chips" aria-label="Lists of the condition">
          {lists.map((name) => (
            <li key={name} class="chip">
              <a href={linkTo(['lists', name])}>{name}</a>
              <Button
                tone="quiet"
                isSmall
                label={`Remove the list ${name}`}
                onClick={() => onLists(lists.filter((each) => each !== name))}
              >
                <Icon name="close" />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

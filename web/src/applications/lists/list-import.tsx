import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NamespacedList } from '../../../../src/model/document.js'
import { counted } from '../../components/amounts.js'
import { Button } from '../../components/button.js'
import { CheckField, Field, SelectField, TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { notify } from '../../state/toasts.js'
import type { LoadedLists } from './lists-page.js'
import {
  duplicatesOf,
  readValues,
  withImported,
  withMoved,
  type Duplicate,
  type ImportedValues,
  type ImportMode,
} from './list-values.js'

const MODES = [
  { value: 'add', title: 'Add to the list' },
  { value: 'replace', title: 'Put in place of all values' },
  { value: 'remove', title: 'Remove from the list' },
] as const

const MOST_NAMED = 5

function named(values: readonly string[]): string {
  const more = values.length > MOST_NAMED ? ` and ${values.length - MOST_NAMED} more` : ''
  return `${values.slice(0, MOST_NAMED).join(', ')}${more}`
}

function Findings(props: {
  readonly imported: ImportedValues
  readonly duplicates: readonly Duplicate[]
  readonly isMoving: boolean
  readonly onMoving: (isMoving: boolean) => void
}): JSX.Element {
  const { imported, duplicates, isMoving, onMoving } = props
  const { invalid, repeated } = imported
  return (
    <>
      {invalid.length > 0 && (
        <Notice tone="warning">
          Left out, for they are neither addresses nor networks: {named(invalid)}
        </Notice>
      )}
      {repeated > 0 && <Notice>{repeated} stand there more than once, and count once.</Notice>}
      {duplicates.length > 0 && (
        <Notice tone="warning">
          <p>
            A value may be in one list alone. In others are:{' '}
            {named(duplicates.map(({ value, list }) => `${value} (${list})`))}
          </p>
          <CheckField
            label="Move them here; else they are left out"
            isChecked={isMoving}
            onChange={onMoving}
          />
        </Notice>
      )}
    </>
  )
}

interface ListImportProps extends LoadedLists {
  readonly list: NamespacedList
}

/** Values from a file or from the clipboard, into a list or out of it. */
export function ListImport({ list, lists, setLists }: ListImportProps): JSX.Element {
  const [text, setText] = useState('')
  const [mode, setMode] = useState<ImportMode>('add')
  const [isMoving, setMoving] = useState(false)
  const imported = readValues(text, list.type)
  const { values } = imported
  const duplicates = mode === 'remove' ? [] : duplicatesOf(list.name, values, lists)
  const elsewhere = new Set(duplicates.map(({ value }) => value))
  const wanted = isMoving ? values : values.filter((value) => !elsewhere.has(value))
  const run = (): void => {
    setLists((all) => {
      const changed = withImported(list, wanted, mode)
      return isMoving
        ? withMoved(all, changed)
        : all.map((each) => (each.name === list.name ? changed : each))
    })
    setText('')
    notify(`${counted(wanted.length, 'value')} ${mode === 'remove' ? 'removed' : 'taken over'}.`)
  }
  return (
    <section class="card stack" aria-labelledby="list-import">
      <h2 id="list-import">Import</h2>
      <Field label="From a file">
        {(ties) => (
          <input
            {...ties}
            type="file"
            accept=".txt,.csv,text/plain,text/csv"
            onChange={({ currentTarget }) =>
              void currentTarget.files?.[0]?.text().then((loaded) => setText(loaded))
            }
          />
        )}
      </Field>
      <TextField
        label="Values"
        description="Between line breaks, commas or semicolons"
        rows={5}
        value={text}
        onInput={setText}
      />
      <SelectField label="What to do" value={mode} choices={MODES} onSelect={setMode} />
      <Findings
        imported={imported}
        duplicates={duplicates}
        isMoving={isMoving}
        onMoving={setMoving}
      />
      <div>
        <Button onClick={run} isDisabled={wanted.length === 0}>
          Import {counted(wanted.length, 'value')}
        </Button>
      </div>
    </section>
  )
}

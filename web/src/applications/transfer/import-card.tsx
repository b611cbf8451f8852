import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Badge, type Tone } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { LineDiff } from '../../components/diff-view.js'
import { CheckField, Field } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { useSubmission } from '../../state/use-submission.js'
import type { FileItem, ReadFile } from './read-file.js'

const TONES: Readonly<Record<FileItem['state'], Tone>> = {
  new: 'good',
  'the same': 'neutral',
  another: 'warning',
}

function linesOf(value: unknown): readonly string[] {
  return value === undefined ? [] : JSON.stringify(value, null, 2).split('\n')
}

function Item(props: {
  readonly item: FileItem
  readonly isChosen: boolean
  readonly onChoose: (isChosen: boolean) => void
}): JSX.Element {
  const { item, isChosen, onChoose } = props
  const { what, state, before, after } = item
  return (
    <li class="card stack">
      <div class="section-head">
        <CheckField
          label={what}
          isChecked={isChosen}
          isDisabled={state === 'the same'}
          onChange={onChoose}
        />
        <Badge tone={TONES[state]}>{state}</Badge>
      </div>
      {state === 'another' && <LineDiff before={linesOf(before)} after={linesOf(after)} />}
    </li>
  )
}

function FileField(props: {
  readonly description: string
  readonly onText: (text: string) => void
}): JSX.Element {
  return (
    <Field label="File" description={props.description}>
      {(ties) => (
        <input
          {...ties}
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => void currentTarget.files?.[0]?.text().then(props.onText)}
        />
      )}
    </Field>
  )
}

interface ImportCardProps<Known, Item extends FileItem> {
  readonly title: string
  /** Of the file that can be read. */
  readonly description: string
  /** What is there, which things of a file are compared to. */
  readonly known: Known
  readonly read: (text: string, known: Known) => ReadFile<Item>
  /** Takes over what was chosen; for what it rejects with the file stays, so that one can go on. */
  readonly take: (items: readonly Item[]) => void | Promise<void>
}

/** Things out of a file, of which one chooses some. */
export function ImportCard<Known, Each extends FileItem>(
  props: ImportCardProps<Known, Each>,
): JSX.Element {
  const { title, description, known, read, take } = props
  const [text, setText] = useState<string>()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const submission = useSubmission()
  const file = useMemo(
    () => (text === undefined ? undefined : read(text, known)),
    [text, known, read],
  )
  const items = file && 'items' in file ? file.items : []
  const chosen = items.filter((item) => item.state !== 'the same' && !left.has(item.what))
  const choose = (what: string, isChosen: boolean): void => {
    const others = [...left].filter((each) => each !== what)
    setLeft(new Set(isChosen ? others : [...others, what]))
  }
  const run = async (): Promise<void> => {
    if (await submission.submit(async () => take(chosen))) setText(undefined)
  }
  return (
    <section class="card stack" aria-labelledby="import">
      <h2 id="import">{title}</h2>
      <FileField
        description={description}
        onText={(loaded) => {
          setLeft(new Set())
          setText(loaded)
        }}
      />
      {file && 'why' in file && <Notice tone="bad">{file.why}</Notice>}
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      {file && 'items' in file && (
        <>
          <ul class="stack" aria-label="What is in the file">
            {items.map((item) => (
              <Item
                key={item.what}
                item={item}
                isChosen={chosen.includes(item)}
                onChoose={(isChosen) => choose(item.what, isChosen)}
              />
            ))}
          </ul>
          <div>
            <Button
              tone="primary"
              isBusy={submission.isBusy}
              isDisabled={chosen.length === 0}
              onClick={() => void run()}
            >
              Take {chosen.length} over
            </Button>
          </div>
        </>
      )}
    </section>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Badge, type Tone } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { LineDiff } from '../../components/diff-view.js'
import { CheckField, Field } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { exportedModel, readItems, type ModelItem, type ReadFile } from './model-items.js'
import { saveFile } from './save-file.js'

const TONES: Readonly<Record<ModelItem['state'], Tone>> = {
  new: 'good',
  'the same': 'neutral',
  another: 'warning',
}

function linesOf(value: unknown): readonly string[] {
  return value === undefined ? [] : JSON.stringify(value, null, 2).split('\n')
}

function Item(props: {
  readonly item: ModelItem
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

function Import({ state, model }: LoadedApplication): JSX.Element {
  const [file, setFile] = useState<ReadFile>()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const items = file && 'items' in file ? file.items : []
  const chosen = items.filter((item) => item.state !== 'the same' && !left.has(item.what))
  const choose = (what: string, isChosen: boolean): void => {
    const others = [...left].filter((each) => each !== what)
    setLeft(new Set(isChosen ? others : [...others, what]))
  }
  const run = (): void => {
    state.workspace.edit((each) => chosen.reduce((so, item) => item.taken(so), each))
    setFile(undefined)
    notify(`${chosen.length} taken over into your draft.`, {
      undo: () => state.workspace.undo(),
    })
  }
  return (
    <section class="card stack" aria-labelledby="import">
      <h2 id="import">Import</h2>
      <Field label="File" description="A model in JSON, or rules, templates and the like of one">
        {(ties) => (
          <input
            {...ties}
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget }) =>
              void currentTarget.files?.[0]?.text().then((text) => {
                setLeft(new Set())
                setFile(readItems(text, model))
              })
            }
          />
        )}
      </Field>
      {file && 'why' in file && <Notice tone="bad">{file.why}</Notice>}
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
            <Button tone="primary" isDisabled={chosen.length === 0} onClick={run}>
              Take {chosen.length} over
            </Button>
          </div>
        </>
      )}
    </section>
  )
}

function Transfer(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  return (
    <>
      <section class="card stack" aria-labelledby="export">
        <h2 id="export">Export</h2>
        <p>The model as it is here, your draft included, in JSON.</p>
        <div>
          <Button
            onClick={() => saveFile(`${state.name}.json`, exportedModel(model), 'application/json')}
          >
            Export {state.name}
          </Button>
        </div>
      </section>
      {canEdit && (
        <Editable canEdit>
          <Import {...app} />
        </Editable>
      )}
    </>
  )
}

/** Models and parts of them, out of here and into here. */
export function TransferScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="transfer"
      title="Import and export"
      lead="What is imported becomes a part of your draft."
    >
      {(app) => <Transfer {...app} />}
    </ApplicationPage>
  )
}

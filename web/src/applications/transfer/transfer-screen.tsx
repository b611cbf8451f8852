import type { JSX } from 'preact'
import { Button } from '../../components/button.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { ImportCard } from './import-card.js'
import { exportedModel, readItems, type ModelItem } from './model-items.js'
import { saveFile } from './save-file.js'

function Transfer({ state, model, canEdit }: LoadedApplication): JSX.Element {
  const take = (items: readonly ModelItem[]): void => {
    state.workspace.edit((each) => items.reduce((so, item) => item.taken(so), each))
    notify(`${items.length} taken over into your draft.`, {
      undo: () => state.workspace.undo(),
    })
  }
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
          <ImportCard
            title="Import"
            description="A model in JSON, or rules, templates and the like of one"
            known={model}
            read={readItems}
            take={take}
          />
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

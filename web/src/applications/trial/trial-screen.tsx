import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TestCase } from '../../../../src/manage/api/applications.js'
import type { Trial } from '../../../../src/model/trial.js'
import { textOf } from '../../api/api-error.js'
import { apiPath } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { confirm } from '../../components/dialog.js'
import { Icon } from '../../components/icon.js'
import { Empty, Notice } from '../../components/states.js'
import { getOrKept } from '../../offline/kept-answers.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { useSubmission } from '../../state/use-submission.js'
import { listsState } from '../application-state.js'
import { ApplicationPage, type LoadedApplication } from '../page/application-page.js'
import { saveFile } from '../transfer/save-file.js'
import { RequestForm } from './request-form.js'
import { removeTest, TestChanged } from './save-test.js'
import { NEW_TEST, TestEditor } from './test-editor.js'
import { TestImport } from './test-import.js'
import { exportedTests } from './test-items.js'
import { TestResults } from './test-results.js'
import { expectationWords, parametersText } from './test-words.js'
import { trialModel, TrialModelField, type TrialModelName } from './trial-model.js'

interface SavedTestsProps {
  readonly app: LoadedApplication
  readonly tests: readonly TestCase[]
  readonly reload: () => void
}

async function confirmRemoval(application: string, test: TestCase): Promise<boolean> {
  const question = {
    title: `Delete the test ${test.name}?`,
    text: 'It is gone at once.',
    action: 'Delete',
    isDangerous: true,
  }
  if (!(await confirm(question))) return false
  await removeTest(application, test)
  return true
}

function TestButtons(props: {
  readonly app: LoadedApplication
  readonly tests: readonly TestCase[]
  readonly onNew: () => void
}): JSX.Element {
  const { app, tests, onNew } = props
  const save = (): void =>
    saveFile(`${app.state.name}-tests.json`, exportedTests(tests), 'application/json')
  return (
    <div class="button-row">
      <Button isDisabled={tests.length === 0} onClick={save}>
        Export tests
      </Button>
      {app.canEdit && (
        <Button onClick={onNew}>
          <Icon name="plus" /> New test
        </Button>
      )}
    </div>
  )
}

/** A text that may be long and without spaces. */
function words(text: string): JSX.Element {
  return <span class="rule-words">{text}</span>
}

/** @param actions buttons of a test; undefined for those who may not change any */
function columnsOf(
  actions: ((test: TestCase) => JSX.Element) | undefined,
): readonly Column<TestCase>[] {
  return [
    { title: 'Test', cell: ({ name }) => words(name), isHeader: true },
    {
      title: 'Request',
      cell: ({ parameters }) => words(parametersText(parameters) || 'nothing known'),
    },
    { title: 'Expected', cell: ({ expected }) => words(expectationWords(expected)) },
    ...(actions ? [{ title: 'Actions', cell: actions }] : []),
  ]
}

function SavedTests({ app, tests, reload }: SavedTestsProps): JSX.Element {
  const [edited, setEdited] = useState<TestCase>()
  const { name } = app.state
  const remove = (test: TestCase): void =>
    void confirmRemoval(name, test).then(
      (isGone) => isGone && reload(),
      (error: unknown) => {
        notify(textOf(error), { tone: 'bad' })
        if (error instanceof TestChanged) reload()
      },
    )
  const actions = (test: TestCase): JSX.Element => (
    <div class="button-row">
      <Button isSmall label={`Edit ${test.name}`} onClick={() => setEdited(test)}>
        Edit
      </Button>
      <Button isSmall label={`Delete ${test.name}`} onClick={() => remove(test)}>
        Delete
      </Button>
    </div>
  )
  return (
    <section class="stack" aria-labelledby="saved-tests">
      <div class="section-head">
        <h2 id="saved-tests">Saved tests</h2>
        <TestButtons app={app} tests={tests} onNew={() => setEdited(NEW_TEST)} />
      </div>
      <DataTable
        caption="Saved tests"
        columns={columnsOf(app.canEdit ? actions : undefined)}
        rows={tests}
        rowKey={(test) => test.name}
        empty={<Empty title="There are no saved tests yet" />}
      />
      {edited && (
        <TestEditor
          application={name}
          test={edited}
          onClose={(isSaved) => {
            setEdited(undefined)
            if (isSaved) reload()
          }}
        />
      )}
    </section>
  )
}

function Trials({ app }: { readonly app: LoadedApplication }): JSX.Element {
  const { name } = app.state
  const [model, setModel] = useState<TrialModelName>(
    app.state.workspace.draft.value ? 'draft' : 'stored',
  )
  const [trials, setTrials] = useState<readonly Trial[]>()
  const submission = useSubmission()
  const path = apiPath(['applications', name, 'tests'])
  const { value, error, reload } = useLoaded((signal) =>
    getOrKept<{ items: readonly TestCase[] }>(path, signal),
  )
  const tests = value?.items ?? []
  const run = async (isGenerated: boolean): Promise<void> => {
    const [tried, { runAll, runGenerated }] = await Promise.all([
      trialModel(app, model),
      import('./run-tests.js'),
    ])
    const lists = listsState.workspace.content.value ?? []
    setTrials(isGenerated ? runGenerated(tried, lists) : runAll(tried, lists, tests))
  }
  return (
    <>
      <TrialModelField app={app} name={model} onName={setModel} />
      <RequestForm app={app} name={model} />
      {error && <Notice tone="warning">Saved tests are not known. {error.message}</Notice>}
      <SavedTests app={app} tests={tests} reload={reload} />
      <div class="button-row">
        <Button
          tone="primary"
          isBusy={submission.isBusy}
          isDisabled={tests.length === 0}
          onClick={() => void submission.submit(() => run(false))}
        >
          Run the saved tests
        </Button>
        <Button isBusy={submission.isBusy} onClick={() => void submission.submit(() => run(true))}>
          Make tests of the rules, and run them
        </Button>
      </div>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      {trials && <TestResults trials={trials} />}
      {app.canEdit && value && (
        <TestImport application={name} tests={value.items} reload={reload} />
      )}
    </>
  )
}

/** Requests that are tried before clients send them. */
export function TrialScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="trial"
      title="Trial"
      lead="Where requests go, and why, with what is stored, with your draft, or with a change."
    >
      {(app) => <Trials app={app} />}
    </ApplicationPage>
  )
}

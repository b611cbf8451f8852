import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Explanation } from '../../../../src/model/decision.js'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { useSubmission } from '../../state/use-submission.js'
import { listsState } from '../application-state.js'
import type { LoadedApplication } from '../page/application-page.js'
import { ExplanationReport } from './explanation-view.js'
import { readParameters, wrongWords } from './test-words.js'
import { trialModel, type TrialModelName } from './trial-model.js'

interface RequestFormProps {
  readonly app: LoadedApplication
  readonly name: TrialModelName
}

/** One request, where it goes, and why. */
export function RequestForm({ app, name }: RequestFormProps): JSX.Element {
  const [text, setText] = useState('')
  const [explanation, setExplanation] = useState<Explanation>()
  const submission = useSubmission()
  const { parameters, wrong } = readParameters(text)
  const run = async (): Promise<void> => {
    const [model, { explain }] = await Promise.all([
      trialModel(app, name),
      import('./run-tests.js'),
    ])
    setExplanation(explain(model, listsState.workspace.content.value ?? [], parameters))
  }
  return (
    <section class="card stack" aria-labelledby="request">
      <h2 id="request">One request</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submission.submit(run)
        }}
      >
        {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
        <TextField
          label="Parameters"
          description="One per line: name=value"
          rows={3}
          value={text}
          onInput={setText}
          error={wrongWords(wrong)}
        />
        <div>
          <Button type="submit" isDisabled={wrong.length > 0} isBusy={submission.isBusy}>
            Explain
          </Button>
        </div>
      </form>
      <div role="status">{explanation && <ExplanationReport explanation={explanation} />}</div>
    </section>
  )
}

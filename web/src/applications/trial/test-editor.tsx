import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TestCase } from '../../../../src/manage/api/applications.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { useSubmission } from '../../state/use-submission.js'
import { LinesField } from '../fields/lines-field.js'
import { saveTest } from './save-test.js'
import { EXPECTED, parametersText, readParameters, wrongWords } from './test-words.js'

/** A test in which nothing is said yet. */
export const NEW_TEST: TestCase = { name: '', parameters: {}, expected: {} }

interface TestEditorProps {
  readonly application: string
  readonly test: TestCase
  readonly onClose: (isSaved: boolean) => void
}

function ExpectationFields(props: {
  readonly expected: TestCase['expected']
  readonly onExpected: (expected: TestCase['expected']) => void
  readonly problem: (key: string) => string | undefined
}): JSX.Element {
  const { expected, onExpected, problem } = props
  return (
    <div class="field-grid">
      {EXPECTED.map(([key, label, description]) => (
        <TextField
          key={key}
          label={label}
          description={description}
          value={expected[key] ?? ''}
          onInput={(value) => onExpected({ ...expected, [key]: value })}
          error={problem(key)}
        />
      ))}
      <LinesField
        label="URL rules that are used"
        rows={2}
        lines={expected.appliedUrlRules ?? []}
        onLines={(lines) => onExpected({ ...expected, appliedUrlRules: [...lines] })}
      />
    </div>
  )
}

/** A saved test, edited in a dialog; it is saved at once, and is no part of the model. */
export function TestEditor({ application, test, onClose }: TestEditorProps): JSX.Element {
  const [name, setName] = useState(test.name)
  const [text, setText] = useState(parametersText(test.parameters))
  const [expected, setExpected] = useState(test.expected)
  const submission = useSubmission(['/name', '/parameters', '/expected'])
  const { parameters, wrong } = readParameters(text)
  const save = async (): Promise<void> => {
    const saved: TestCase = { name, parameters, expected }
    const seen = test.name === '' ? undefined : test
    const isSaved = await submission.submit(() => saveTest(application, saved, seen))
    if (isSaved) onClose(true)
  }
  const actions = (
    <>
      <Button onClick={() => onClose(false)}>Cancel</Button>
      <Button
        tone="primary"
        isBusy={submission.isBusy}
        isDisabled={name.trim() === '' || wrong.length > 0}
        onClick={() => void save()}
      >
        Save the test
      </Button>
    </>
  )
  const title = test.name === '' ? 'New test' : `Test ${test.name}`
  return (
    <Dialog title={title} isWide onClose={() => onClose(false)} actions={actions}>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      <TextField
        label="Name of the test"
        value={name}
        onInput={setName}
        isReadOnly={test.name !== ''}
        error={submission.problem('/name')}
      />
      <TextField
        label="Parameters of the request"
        description="One per line: name=value"
        rows={3}
        value={text}
        onInput={setText}
        error={wrongWords(wrong) ?? submission.problem('/parameters')}
      />
      <h3>Expected; what is left empty may be anything</h3>
      <ExpectationFields
        expected={expected}
        onExpected={setExpected}
        problem={(key) => submission.problem(`/expected/${key}`)}
      />
    </Dialog>
  )
}

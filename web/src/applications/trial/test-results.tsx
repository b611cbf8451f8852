import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Trial } from '../../../../src/model/trial.js'
import { Badge } from '../../components/badge.js'
import { CheckField } from '../../components/field.js'
import { ExplanationReport } from './explanation-view.js'
import { expectationWords, parametersText } from './test-words.js'

/** So many results are shown. */
const MOST_SHOWN = 100

function Result({ trial }: { readonly trial: Trial }): JSX.Element {
  const { test, passed, actual, differs, explanation } = trial
  const [isOpen, setOpen] = useState(false)
  return (
    <li class="card">
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <Badge tone={passed ? 'good' : 'bad'}>{passed ? 'passed' : 'failed'}</Badge>{' '}
          <strong>{test.name}</strong>{' '}
          {!passed && <span class="soft">otherwise than expected: {differs.join(', ')}</span>}
        </summary>
        {isOpen && (
          <div class="stack">
            <dl class="facts">
              <dt>Request</dt>
              <dd>
                <pre class="said">{parametersText(test.parameters) || 'nothing is known'}</pre>
              </dd>
              <dt>Expected</dt>
              <dd>{expectationWords(test.expected)}</dd>
              <dt>Came</dt>
              <dd>{expectationWords(actual)}</dd>
            </dl>
            <ExplanationReport explanation={explanation} />
          </div>
        )}
      </details>
    </li>
  )
}

/** What came of tests: those that failed first. */
export function TestResults({ trials }: { readonly trials: readonly Trial[] }): JSX.Element {
  const [isAll, setAll] = useState(false)
  const failed = trials.filter(({ passed }) => !passed)
  const shown = isAll || failed.length === 0 ? trials : failed
  return (
    <section class="stack" aria-labelledby="results">
      <h2 id="results">
        <span role="status">
          {trials.length - failed.length} of {trials.length} passed
        </span>
      </h2>
      {failed.length > 0 && (
        <CheckField label="Show those that passed, too" isChecked={isAll} onChange={setAll} />
      )}
      <ul class="stack">
        {shown.slice(0, MOST_SHOWN).map((trial) => (
          <Result key={trial.test.name} trial={trial} />
        ))}
      </ul>
      {shown.length > MOST_SHOWN && <p class="soft">The first {MOST_SHOWN} are shown.</p>}
    </section>
  )
}

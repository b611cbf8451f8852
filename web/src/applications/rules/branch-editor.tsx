import type { ComponentType, JSX } from 'preact'
import type { Branch, Outcome } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { SelectField, type Choice } from '../../components/field.js'
import { NEW_CONDITION } from '../conditions/condition-kinds.js'
import { ConditionsEditor } from '../conditions/conditions-editor.js'
import { useProblem } from '../editor-context.js'
import type { ResultEditorProps } from './destination-editor.js'

/** How results of one kind are edited. */
export interface ResultKind<Result> {
  /** What an outcome may be, beside more conditions. */
  readonly forms: readonly (Choice<string> & { readonly fresh: Result })[]
  readonly formOf: (result: Result) => string
  readonly Editor: ComponentType<ResultEditorProps<Result>>
}

interface OutcomeEditorProps<Result> {
  readonly title: string
  readonly outcome: Outcome<Result>
  readonly at: string
  readonly kind: ResultKind<Result>
  readonly onOutcome: (outcome: Outcome<Result>, field: string) => void
  /** Undefined where there must be an outcome. */
  readonly onRemove: (() => void) | undefined
}

function branched<Result>(outcome: Outcome<Result>): Outcome<Result> {
  return { kind: 'branch', branch: { conditions: [NEW_CONDITION], then: outcome } }
}

function OutcomeEditor<Result>(props: OutcomeEditorProps<Result>): JSX.Element {
  const { title, outcome, at, kind, onOutcome, onRemove } = props
  const { forms, formOf, Editor } = kind
  const choices = [...forms, { value: 'branch', title: 'More conditions' }]
  const form = outcome.kind === 'branch' ? 'branch' : formOf(outcome.result)
  const own = useProblem(at, 'at')
  const choose = (chosen: string): void => {
    const fresh = forms.find(({ value }) => value === chosen)?.fresh
    if (chosen === form) return
    onOutcome(fresh === undefined ? branched(outcome) : { kind: 'result', result: fresh }, '')
  }
  return (
    <fieldset class="outcome">
      <legend>{title}</legend>
      <div class="form">
        <div class="field-row">
          <SelectField label="What" value={form} choices={choices} error={own} onSelect={choose} />
          {onRemove && (
            <Button isSmall onClick={onRemove} label={`Remove: ${title}`}>
              Remove
            </Button>
          )}
        </div>
        {outcome.kind === 'result' ? (
          <Editor
            result={outcome.result}
            at={at}
            onResult={(result, field) => onOutcome({ kind: 'result', result }, field)}
          />
        ) : (
          <BranchEditor
            branch={outcome.branch}
            at={`${at}/branch`}
            kind={kind}
            onBranch={(branch, field) => onOutcome({ kind: 'branch', branch }, field)}
          />
        )}
      </div>
    </fieldset>
  )
}

interface BranchEditorProps<Result> {
  readonly branch: Branch<Result>
  /** JSON pointer of the rule or the branch. */
  readonly at: string
  readonly kind: ResultKind<Result>
  /** @param field JSON pointer of where one types; empty for a step of its own */
  readonly onBranch: (branch: Branch<Result>, field: string) => void
}

/** Conditions, what comes when they hold, and what comes when they do not. */
export function BranchEditor<Result>(props: BranchEditorProps<Result>): JSX.Element {
  const { branch, at, kind, onBranch } = props
  const { conditions, then, otherwise } = branch
  const own = useProblem(`${at}/conditions`, 'at')
  return (
    <div class="form">
      <fieldset class="outcome">
        <legend>When all of these hold</legend>
        {own && <p class="field-error">{own}</p>}
        <ConditionsEditor
          conditions={conditions}
          at={`${at}/conditions`}
          onConditions={(next, field) => onBranch({ ...branch, conditions: next }, field)}
        />
      </fieldset>
      <OutcomeEditor
        title="Then"
        outcome={then}
        at={`${at}/then`}
        kind={kind}
        onOutcome={(next, field) => onBranch({ ...branch, then: next }, field)}
        onRemove={undefined}
      />
      {otherwise ? (
        <OutcomeEditor
          title="Otherwise"
          outcome={otherwise}
          at={`${at}/otherwise`}
          kind={kind}
          onOutcome={(next, field) => onBranch({ ...branch, otherwise: next }, field)}
          onRemove={() => onBranch({ conditions, then }, '')}
        />
      ) : (
        <div>
          <Button isSmall onClick={() => onBranch({ ...branch, otherwise: then }, '')}>
            Add an otherwise
          </Button>
        </div>
      )}
    </div>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Difference } from '../../../../src/manage/api/changes.js'
import type { DocumentProblem } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { DiffView } from '../../components/diff-view.js'
import { TextField } from '../../components/field.js'
import { ProblemList } from '../../components/problem-list.js'
import { Notice } from '../../components/states.js'
import { Tabs } from '../../components/tabs.js'
import { linkTo, navigate } from '../../router/route.js'
import { notify } from '../../state/toasts.js'
import { useSubmission } from '../../state/use-submission.js'
import { ApplicationState, type ListsState } from '../application-state.js'
import type { Workspace } from '../draft/workspace.js'
import { DraftImpact } from '../impact/draft-impact.js'
import { isStale, propose, type ProposalWords } from './propose.js'

interface ProposeDialogProps {
  readonly state: ApplicationState | ListsState
  readonly onClose: () => void
}

/** A title for what nobody gave one: what it changes. */
function titleFor(differences: readonly Difference[]): string {
  const [first, ...others] = differences
  if (!first) return ''
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  return `${first.what} ${first.kind}${more}`
}

function Problems({ problems }: { readonly problems: readonly DocumentProblem[] }): JSX.Element {
  return (
    <Notice tone="bad">
      <p>This cannot be proposed yet:</p>
      <ProblemList problems={problems} />
    </Notice>
  )
}

function Review({ state }: { readonly state: ProposeDialogProps['state'] }): JSX.Element {
  const [tab, setTab] = useState<'changes' | 'impact'>('changes')
  const differences = state.workspace.differences.value
  const problems = state.problems.value
  const diff = <DiffView differences={differences} />
  if (!(state instanceof ApplicationState) || problems.length > 0) return diff
  const model = state.workspace.content.value
  const tabs = [
    { id: 'changes', title: 'Changes' },
    { id: 'impact', title: 'Impact' },
  ] as const
  return (
    <Tabs label="What is proposed" tabs={tabs} current={tab} onSelect={setTab}>
      {tab === 'changes' ? diff : model && <DraftImpact state={state} model={model} />}
    </Tabs>
  )
}

/** Proposes the edits; what is newer at the service is fetched, so that it is merged before one tries again. */
async function send(state: ProposeDialogProps['state'], words: ProposalWords): Promise<void> {
  // Which of the two kinds of content it is makes no difference to proposing.
  const workspace = state.workspace as Workspace<unknown>
  try {
    const proposed = await propose(workspace, words)
    if ('isQueued' in proposed)
      notify('The service cannot be reached. Your proposal waits here, and is sent when it can.')
    else {
      notify(`Proposed: ${words.title}`)
      navigate(linkTo(['changes', proposed.change.id]))
    }
  } catch (error) {
    if (isStale(error)) await state.load()
    throw error
  }
}

/** One's edits once more, what they would do, and what they are to be proposed as. */
export function ProposeDialog({ state, onClose }: ProposeDialogProps): JSX.Element {
  const { workspace } = state
  const { amends = null, queued = null } = workspace.draft.value ?? {}
  const problems = state.problems.value
  const differences = workspace.differences.value
  const suggested = queued?.title ?? amends?.title ?? titleFor(differences).slice(0, 200)
  const [title, setTitle] = useState(suggested)
  const [description, setDescription] = useState(queued?.description ?? '')
  const submission = useSubmission(['/title', '/description'])
  const submit = async (): Promise<void> => {
    const isSent = await submission.submit(() => send(state, { title, description }))
    if (isSent) onClose()
  }
  const canSend = problems.length === 0 && differences.length > 0 && title.trim() !== ''
  const actions = (
    <>
      <Button onClick={onClose}>Go on editing</Button>
      <Button
        tone="primary"
        isBusy={submission.isBusy}
        isDisabled={!canSend}
        onClick={() => void submit()}
      >
        Propose
      </Button>
    </>
  )
  return (
    <Dialog
      title={amends ? 'Amend the change' : 'Propose your changes'}
      isWide
      onClose={onClose}
      actions={actions}
    >
      {problems.length > 0 && <Problems problems={problems} />}
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      <TextField
        label="Title"
        value={title}
        onInput={setTitle}
        error={submission.problem('/title')}
        isRequired
      />
      <TextField
        label="Why"
        description="For those who approve it"
        rows={2}
        value={description}
        onInput={setDescription}
        error={submission.problem('/description')}
      />
      <Review state={state} />
    </Dialog>
  )
}

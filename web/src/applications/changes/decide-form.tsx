import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ChangeView } from '../../../../src/manage/api/changes.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { confirm } from '../../components/dialog.js'
import { CheckField, TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { may, user } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useSubmission } from '../../state/use-submission.js'
import { subjectKey } from './change-words.js'

interface DecideFormProps {
  readonly change: ChangeView
  /** Names the state of the change that is shown: what somebody else made of it meanwhile is not decided unseen. */
  readonly etag: string | undefined
  readonly onDone: () => void
}

type Decision = 'approval' | 'rejection' | 'withdrawal'

const DONE: Readonly<Record<Decision, string>> = {
  approval: 'Approved',
  rejection: 'Rejected',
  withdrawal: 'Withdrawn',
}

function whyNotApproved({ problems, isStale }: ChangeView, isOwn: boolean): string | undefined {
  if (isStale) return 'Something else is stored by now: it has to be amended first.'
  if (problems.length > 0) return 'It cannot be approved as it is: see what is wrong with it.'
  return isOwn ? 'Where approvals are required, somebody else approves what you wrote.' : undefined
}

function ApprovalFields(props: {
  readonly why: string | undefined
  readonly comment: string
  readonly onComment: (comment: string) => void
  /** Undefined for at once. */
  readonly at: string | undefined
  readonly onAt: (at: string | undefined) => void
  readonly problem: (path: string) => string | undefined
}): JSX.Element {
  const { why, comment, onComment, at, onAt, problem } = props
  return (
    <>
      {why && <Notice tone="warning">{why}</Notice>}
      <TextField
        label="Comment"
        rows={2}
        value={comment}
        onInput={onComment}
        error={problem('/comment')}
      />
      <CheckField
        label="Apply it at a later time"
        isChecked={at !== undefined}
        onChange={(isLater) => onAt(isLater ? '' : undefined)}
      />
      {at !== undefined && (
        <TextField
          label="Apply at"
          type="datetime-local"
          value={at}
          onInput={onAt}
          error={problem('/applyAt')}
        />
      )}
    </>
  )
}

/** Who may do what with a change: approving what one wrote is for the service to allow, by the policy. */
function rightsOn({ subject, authors }: ChangeView) {
  const key = subjectKey(subject)
  const isOwn = authors.includes(user.value?.name ?? '')
  return {
    isOwn,
    canApprove: may('approver', key) || (isOwn && may('editor', key)),
    canWithdraw: may(isOwn ? 'editor' : 'administrator', key),
  }
}

function confirmWithdrawal({ title }: ChangeView): Promise<boolean> {
  return confirm({
    title: `Withdraw “${title}”?`,
    text: 'It cannot be taken up again.',
    action: 'Withdraw',
    isDangerous: true,
  })
}

/** Approves a change at once or for later, rejects it, or takes one's own back. */
export function DecideForm({ change, etag, onDone }: DecideFormProps): JSX.Element | null {
  const [comment, setComment] = useState('')
  const [at, setAt] = useState<string>()
  const submission = useSubmission(['/comment', '/applyAt'])
  const { isOwn, canApprove, canWithdraw } = rightsOn(change)
  if (!canApprove && !canWithdraw) return null
  const decide = (decision: Decision): void => {
    const said = decision === 'withdrawal' ? {} : { comment }
    const applyAt = at ? { applyAt: new Date(at).toISOString() } : {}
    const body = { ...said, ...(decision === 'approval' && applyAt) }
    const path = apiPath(['changes', change.id, decision])
    void submission
      .submit(() => request('POST', path, { body, ifMatch: etag }))
      .then((isDone) => {
        if (isDone) notify(`${DONE[decision]}: ${change.title}`)
        onDone()
      })
  }
  const withdraw = (): void =>
    void confirmWithdrawal(change).then((isSure) => isSure && decide('withdrawal'))
  const cannotBe = change.isStale || change.problems.length > 0 || at === ''
  return (
    <section class="card form" aria-labelledby="decide">
      <h2 id="decide">Decide</h2>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      {canApprove && (
        <ApprovalFields
          why={whyNotApproved(change, isOwn)}
          comment={comment}
          onComment={setComment}
          at={at}
          onAt={setAt}
          problem={submission.problem}
        />
      )}
      <div class="button-row">
        {canApprove && (
          <>
            <Button
              tone="primary"
              isBusy={submission.isBusy}
              isDisabled={cannotBe}
              onClick={() => decide('approval')}
            >
              {at === undefined ? 'Approve' : 'Approve for then'}
            </Button>
            <Button isDisabled={submission.isBusy} onClick={() => decide('rejection')}>
              Reject
            </Button>
          </>
        )}
        {canWithdraw && (
          <Button isDisabled={submission.isBusy} onClick={withdraw}>
            Withdraw
          </Button>
        )}
      </div>
    </section>
  )
}

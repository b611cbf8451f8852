import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ChangeView } from '../../../../src/manage/api/changes.js'
import { newAttempt } from '../../api/attempt.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { may } from '../../state/session.js'
import { useSubmission } from '../../state/use-submission.js'
import { subjectKey, timeWords } from './change-words.js'

interface CommentThreadProps {
  readonly change: ChangeView
  readonly onDone: () => void
}

/** What people say of a change. */
export function CommentThread({ change, onDone }: CommentThreadProps): JSX.Element {
  const [text, setText] = useState('')
  const [attempt, setAttempt] = useState(newAttempt)
  const submission = useSubmission(['/text'])
  const subject = subjectKey(change.subject)
  const write = (next: string): void => {
    setText(next)
    setAttempt(newAttempt())
  }
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    const path = apiPath(['changes', change.id, 'comments'])
    if (!(await submission.submit(() => request('POST', path, { body: { text }, attempt })))) return
    write('')
    onDone()
  }
  return (
    <section class="card stack" aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      {change.thread.length === 0 && <p class="soft">Nobody has said anything yet.</p>}
      <ol class="stack">
        {change.thread.map((comment) => (
          <li key={comment.at + comment.by}>
            <strong>{comment.by}</strong> <span class="soft">{timeWords(comment.at)}</span>
            <p class="said">{comment.text}</p>
          </li>
        ))}
      </ol>
      {(may('editor', subject) || may('approver', subject)) && (
        <form onSubmit={(event) => void send(event)}>
          {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
          <TextField
            label="Say something"
            rows={2}
            value={text}
            onInput={write}
            error={submission.problem('/text')}
          />
          <div>
            <Button type="submit" isBusy={submission.isBusy} isDisabled={text.trim() === ''}>
              Comment
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

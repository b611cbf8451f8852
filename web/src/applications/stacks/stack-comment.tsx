import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { StackComments } from '../../../../src/manage/api/applications.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { isOnline } from '../../offline/connection.js'
import { useSubmission } from '../../state/use-submission.js'
import { leftOut } from '../fields/left-out.js'

interface StackCommentProps {
  readonly application: string
  /** `/DC/AZ/flavor`. */
  readonly path: string
  /** Empty when there is none. */
  readonly text: string
  readonly canEdit: boolean
  /** What is there has changed, by oneself or by others. */
  readonly onChange: () => void
  /** Buttons beside its own. */
  readonly children?: ComponentChildren
}

/** Where the comments on an application's stacks are. */
export function commentsPath(application: string): string {
  return apiPath(['applications', application, 'comments'])
}

/** Replaces a comment; those on other stacks stay as they are by now. */
async function save({ application, path, text }: StackCommentProps, next: string): Promise<void> {
  const address = commentsPath(application)
  const { body, etag } = await request<StackComments>('GET', address)
  const now = body.comments[path] ?? ''
  if (now !== text)
    throw new Error(
      now === ''
        ? 'Somebody else has removed the comment meanwhile. Save once more to have yours there.'
        : `Somebody else has written meanwhile: “${now}”. Save once more to replace that.`,
    )
  const comments = next === '' ? leftOut(body.comments, path) : { ...body.comments, [path]: next }
  await request('PUT', address, { body: { comments }, ifMatch: etag })
}

function CommentEditor(props: StackCommentProps & { readonly onClose: () => void }): JSX.Element {
  const { path, text, onChange, onClose } = props
  const [draft, setDraft] = useState(text)
  const form = useRef<HTMLFormElement>(null)
  const submission = useSubmission()
  useEffect(() => form.current?.querySelector('textarea')?.focus(), [])
  const submit = async (): Promise<void> => {
    const isSaved = await submission.submit(() => save(props, draft.trim()))
    onChange()
    if (isSaved) onClose()
  }
  return (
    <form
      ref={form}
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      <TextField label={`Comment on ${path}`} value={draft} rows={2} onInput={setDraft} />
      <div class="button-row">
        <Button type="submit" tone="primary" isBusy={submission.isBusy}>
          Save comment
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

/** What people have remarked on a stack; it is in force at once. */
export function StackComment(props: StackCommentProps): JSX.Element | null {
  const { path, text, canEdit, children } = props
  const [isOpen, setOpen] = useState(false)
  if (isOpen) return <CommentEditor {...props} onClose={() => setOpen(false)} />
  if (text === '' && !canEdit && !children) return null
  return (
    <div>
      {text !== '' && <p class="said">{text}</p>}
      <div class="button-row">
        {canEdit && (
          <Button
            isSmall
            tone="quiet"
            label={`${text === '' ? 'Comment on' : 'Edit comment on'} ${path}`}
            isDisabled={!isOnline.value}
            onClick={() => setOpen(true)}
          >
            {text === '' ? 'Comment' : 'Edit comment'}
          </Button>
        )}
        {children}
      </div>
    </div>
  )
}

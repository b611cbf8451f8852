import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { notify } from '../../state/toasts.js'
import { useSubmission } from '../../state/use-submission.js'

interface PasswordDialogProps {
  /** Whose password it is. */
  readonly name: string
  readonly onClose: () => void
}

/** Gives a user another password. */
export function PasswordDialog({ name, onClose }: PasswordDialogProps): JSX.Element {
  const [password, setPassword] = useState('')
  const submission = useSubmission(['/password'])
  const submit = (event: Event): void => {
    event.preventDefault()
    const path = apiPath(['users', name, 'password'])
    void submission
      .submit(() => request('PUT', path, { body: { password } }))
      .then((isSaved) => {
        if (!isSaved) return
        notify(`${name} has another password, and is signed out everywhere.`)
        onClose()
      })
  }
  return (
    <Dialog title={`Password of ${name}`} onClose={onClose}>
      <form onSubmit={submit}>
        {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
        <TextField
          label="New password"
          type="password"
          autocomplete="new-password"
          description={`It cannot be taken back, and ends every session of ${name}.`}
          value={password}
          onInput={setPassword}
          error={submission.problem('/password')}
          isRequired
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" isBusy={submission.isBusy}>
            Set password
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

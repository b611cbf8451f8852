import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { SessionView } from '../../../../src/manage/api/accounts.js'
import { request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { signedIn, user } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useSubmission } from '../../state/use-submission.js'

const EMPTY = { current: '', next: '', again: '' }

type Draft = typeof EMPTY

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  readonly isNew?: boolean
  readonly error: string | undefined
  readonly onInput: (value: string) => void
}

function PasswordField({ label, value, isNew, error, onInput }: PasswordFieldProps): JSX.Element {
  return (
    <TextField
      label={label}
      type="password"
      autocomplete={isNew ? 'new-password' : 'current-password'}
      value={value}
      onInput={onInput}
      error={error}
      isRequired
    />
  )
}

/** Changes one's own password. */
export function PasswordCard(): JSX.Element {
  const [{ current, next, again }, setDraft] = useState(EMPTY)
  const { submit, failure, problem, isBusy } = useSubmission(['/current', '/next'])
  const change = (part: Partial<Draft>): void => setDraft((old) => ({ ...old, ...part }))
  const mismatch = again === '' || again === next ? undefined : 'It is another than the first.'
  const send = (event: Event): void => {
    event.preventDefault()
    if (again !== next) return
    const body = { current, next }
    void submit(async () => {
      // Every session ends with it; this one goes on as a new one.
      signedIn((await request<SessionView>('PUT', '/api/session/password', { body })).body)
      setDraft(EMPTY)
      notify('Your password was changed. Everywhere else you are signed out.')
    })
  }
  return (
    <section class="card stack" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form onSubmit={send}>
        {failure && <Notice tone="bad">{failure}</Notice>}
        {/* Tells password managers whose it is. */}
        <input type="text" autocomplete="username" value={user.value?.name} hidden readOnly />
        <PasswordField
          label="Present password"
          value={current}
          onInput={(value) => change({ current: value })}
          error={problem('/current')}
        />
        <PasswordField
          label="New password"
          isNew
          value={next}
          onInput={(value) => change({ next: value })}
          error={problem('/next')}
        />
        <PasswordField
          label="New password again"
          isNew
          value={again}
          onInput={(value) => change({ again: value })}
          error={mismatch}
        />
        <div>
          <Button type="submit" tone="primary" isBusy={isBusy}>
            Change password
          </Button>
        </div>
      </form>
    </section>
  )
}

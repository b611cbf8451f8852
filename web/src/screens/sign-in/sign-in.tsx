import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { SessionView, SignInView } from '../../../../src/manage/api/accounts.js'
import { get, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { PageHeader } from '../../components/page-header.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { keepPlace } from '../../state/place.js'
import { signedIn, user } from '../../state/session.js'
import { useLoaded } from '../../state/use-loaded.js'
import { useSubmission } from '../../state/use-submission.js'
import { returnReason } from './openid-return.js'

async function signIn(name: string, password: string): Promise<void> {
  const body = { name, password }
  signedIn((await request<SessionView>('POST', '/api/session', { body, isSignIn: true })).body)
}

function PasswordForm(): JSX.Element {
  const [name, setName] = useState(user.value?.name ?? '')
  const [password, setPassword] = useState('')
  const submission = useSubmission(['/name', '/password'])
  const submit = (event: Event): void => {
    event.preventDefault()
    void submission.submit(() => signIn(name, password))
  }
  return (
    <form onSubmit={submit}>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      <TextField
        label="User name"
        name="username"
        autocomplete="username"
        value={name}
        onInput={setName}
        error={submission.problem('/name')}
        isRequired
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autocomplete="current-password"
        value={password}
        onInput={setPassword}
        error={submission.problem('/password')}
        isRequired
      />
      <Button type="submit" tone="primary" isBusy={submission.isBusy}>
        Sign in
      </Button>
    </form>
  )
}

/** The ways of signing in that the service has. */
export function SignInForm(): JSX.Element {
  const { value, error, reload } = useLoaded((signal) => get<SignInView>('/api/sign-in', signal))
  if (!value) return error ? <ErrorState error={error} retry={reload} /> : <Loading what="form" />
  const { password, openid } = value
  return (
    <div class="sign-in-ways">
      {openid !== null && (
        <a class="button" href="/api/openid/start" onClick={keepPlace}>
          {openid}
        </a>
      )}
      {password && openid !== null && <p class="or">or</p>}
      {password && <PasswordForm />}
      {!password && openid === null && (
        <Notice tone="warning">
          Nobody can sign in yet. Set MANAGEMENT_BOOTSTRAP_USER and MANAGEMENT_BOOTSTRAP_PASSWORD.
        </Notice>
      )}
    </div>
  )
}

/** It is taken from the address, so that it is told once. */
function takeReturnReason(): string | undefined {
  const reason = returnReason(location.search)
  if (reason !== undefined) history.replaceState(null, '', location.pathname + location.hash)
  return reason
}

/** In place of every page, for somebody who is not signed in. */
export function SignInPage(): JSX.Element {
  const [reason] = useState(takeReturnReason)
  return (
    <main class="sign-in" id="main">
      <div class="card">
        <p class="brand">
          <img src="favicon.svg" alt="" width="28" height="28" /> Pointsman
        </p>
        <PageHeader title="Sign in" />
        {reason && <Notice tone="bad">{reason}</Notice>}
        <SignInForm />
      </div>
    </main>
  )
}

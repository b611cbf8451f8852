import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { NewUser, UserChange, UserView } from '../../../../src/manage/api/accounts.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { CheckField, SelectField, TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { useSubmission } from '../../state/use-submission.js'
import { GrantsEditor } from './grants-editor.js'

interface UserDialogProps {
  /** Undefined for somebody new. */
  readonly user: UserView | undefined
  /** Of the user as it was read. */
  readonly etag: string | undefined
  readonly applications: readonly string[]
  readonly onClose: () => void
  /** Told when it was saved. */
  readonly onSaved: (name: string) => void
}

const SIGN_IN_WAYS = [
  { value: 'password', title: 'Password' },
  { value: 'openid', title: 'OpenID provider' },
] as const

type UserDraft = Pick<UserView, 'name' | 'displayName' | 'grants' | 'disabled' | 'signIn'> & {
  readonly password: string
}

const NOBODY: UserDraft = {
  name: '',
  displayName: '',
  grants: [{ role: 'viewer', on: '*' }],
  disabled: false,
  signIn: 'password',
  password: '',
}

async function save(draft: UserDraft, { user, etag }: UserDialogProps): Promise<void> {
  const { name, displayName, grants, disabled, signIn, password } = draft
  if (user) {
    const body: UserChange = { displayName, grants, disabled }
    await request('PUT', apiPath(['users', name]), { body, ifMatch: etag })
  } else {
    const secret = signIn === 'password' ? { password } : {}
    const body: NewUser = { name, displayName, grants, signIn, ...secret }
    await request('POST', '/api/users', { body })
  }
}

interface NewUserFieldsProps {
  readonly draft: UserDraft
  readonly problem: (path: string) => string | undefined
  readonly onChange: (change: Partial<UserDraft>) => void
}

/** What is said of a user once and for all. */
function NewUserFields({ draft, problem, onChange }: NewUserFieldsProps): JSX.Element {
  return (
    <>
      <TextField
        label="User name"
        description="What one signs in with: small letters, digits and . _ @ + -. Who signs in by OpenID has the name that the provider says."
        value={draft.name}
        onInput={(name) => onChange({ name })}
        error={problem('/name')}
        isRequired
      />
      <SelectField
        label="Signs in by"
        value={draft.signIn}
        choices={SIGN_IN_WAYS}
        onSelect={(signIn) => onChange({ signIn })}
      />
      {draft.signIn === 'password' && (
        <TextField
          label="Password"
          type="password"
          autocomplete="new-password"
          description="To be changed by the user in the settings."
          value={draft.password}
          onInput={(password) => onChange({ password })}
          error={problem('/password')}
          isRequired
        />
      )}
    </>
  )
}

/** Adds a user, or changes one. */
export function UserDialog(props: UserDialogProps): JSX.Element {
  const { user, applications, onClose, onSaved } = props
  const [draft, setDraft] = useState<UserDraft>({ ...NOBODY, ...user })
  const submission = useSubmission(['/name', '/displayName', '/password', '/grants'])
  const change = (part: Partial<UserDraft>): void => setDraft((before) => ({ ...before, ...part }))
  const submit = (event: Event): void => {
    event.preventDefault()
    void submission
      .submit(() => save(draft, props))
      .then((isSaved) => {
        if (isSaved) onSaved(draft.name)
      })
  }
  return (
    <Dialog title={user ? `User ${user.name}` : 'Add a user'} onClose={onClose} isWide>
      <form onSubmit={submit}>
        {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
        {!user && <NewUserFields draft={draft} problem={submission.problem} onChange={change} />}
        <TextField
          label="Name to show"
          value={draft.displayName}
          onInput={(displayName) => change({ displayName })}
          error={submission.problem('/displayName')}
        />
        <GrantsEditor
          grants={draft.grants}
          applications={applications}
          problem={(path) => submission.problem(`/grants${path}`)}
          onChange={(grants) => change({ grants: [...grants] })}
        />
        {user && (
          <CheckField
            label="Disabled: cannot sign in, and tokens do not work"
            isChecked={draft.disabled}
            onChange={(disabled) => change({ disabled })}
          />
        )}
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" isBusy={submission.isBusy}>
            {user ? 'Save' : 'Add'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

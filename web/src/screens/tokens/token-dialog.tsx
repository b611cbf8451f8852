import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Grant, MadeToken, NewToken } from '../../../../src/manage/api/accounts.js'
import { request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { SelectField, TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { user } from '../../state/session.js'
import { useSubmission } from '../../state/use-submission.js'
import { GrantsEditor } from '../users/grants-editor.js'

const DAY_MS = 86_400_000
const LIFETIMES = [
  { value: '30', title: '30 days' },
  { value: '90', title: '90 days' },
  { value: '365', title: 'A year' },
  { value: 'never', title: 'Without end' },
] as const

type Lifetime = (typeof LIFETIMES)[number]['value']

function expiry(lifetime: Lifetime): string | null {
  if (lifetime === 'never') return null
  return new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString()
}

interface TokenDialogProps {
  readonly applications: readonly string[]
  readonly onClose: () => void
  readonly onMade: (made: MadeToken) => void
}

/** Makes a token. */
export function TokenDialog({ applications, onClose, onMade }: TokenDialogProps): JSX.Element {
  const [name, setName] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>('90')
  const [grants, setGrants] = useState<readonly Grant[]>(user.value?.grants.slice(0, 1) ?? [])
  const submission = useSubmission(['/name', '/grants'])
  const submit = (event: Event): void => {
    event.preventDefault()
    void submission.submit(async () => {
      const body: NewToken = { name, grants: [...grants], expiresAt: expiry(lifetime) }
      onMade((await request<MadeToken>('POST', '/api/tokens', { body })).body)
    })
  }
  return (
    <Dialog title="Make a token" onClose={onClose} isWide>
      <form onSubmit={submit}>
        {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
        <TextField
          label="What it is for"
          value={name}
          onInput={setName}
          error={submission.problem('/name')}
          isRequired
        />
        <SelectField
          label="How long it works"
          value={lifetime}
          choices={LIFETIMES}
          onSelect={setLifetime}
        />
        <GrantsEditor
          grants={grants}
          applications={applications}
          problem={(path) => submission.problem(`/grants${path}`)}
          onChange={setGrants}
        />
        <p class="soft small">It can never do more than you can.</p>
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" isBusy={submission.isBusy}>
            Make token
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

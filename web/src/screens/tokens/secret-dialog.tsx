import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { MadeToken } from '../../../../src/manage/api/accounts.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'

interface SecretDialogProps {
  readonly made: MadeToken
  readonly onClose: () => void
}

/** The secret of a new token: it is nowhere else, and will not be shown again. */
export function SecretDialog({ made, onClose }: SecretDialogProps): JSX.Element {
  const [copied, setCopied] = useState<boolean>()
  const copy = (): void => {
    // Browsers give it to pages of https and of this machine alone.
    const copying =
      'clipboard' in navigator ? navigator.clipboard.writeText(made.secret) : undefined
    void copying?.then(
      () => setCopied(true),
      () => setCopied(false),
    )
    if (!copying) setCopied(false)
  }
  const actions = (
    <>
      <Button onClick={copy}>Copy</Button>
      <Button tone="primary" onClick={onClose}>
        I have it
      </Button>
    </>
  )
  return (
    <Dialog title={`Token ${made.token.name}`} onClose={onClose} actions={actions}>
      <Notice tone="warning">
        This is the only time it is shown. Keep it where secrets are kept.
      </Notice>
      <TextField label="Secret" value={made.secret} onInput={() => undefined} isReadOnly />
      <p class="small soft">
        Send it with each request: <code>Authorization: Bearer …</code>
      </p>
      <p role="status">
        {copied === true && 'Copied.'}
        {copied === false && 'This browser does not let the page copy: mark it, and copy it.'}
      </p>
    </Dialog>
  )
}

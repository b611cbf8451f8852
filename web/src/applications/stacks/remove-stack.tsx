import type { JSX } from 'preact'
import { textOf } from '../../api/api-error.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { confirm } from '../../components/dialog.js'
import { isOnline } from '../../offline/connection.js'
import { notify } from '../../state/toasts.js'

interface RemoveStackProps {
  readonly application: string
  /** `/DC/AZ/flavor`. */
  readonly path: string
  readonly onRemoved: () => void
}

async function removeStack({ application, path, onRemoved }: RemoveStackProps): Promise<void> {
  const question = {
    title: `Remove ${path}?`,
    text: 'No host is known there, so no client will notice. The comment on it goes, too, at once, without approval and for good. A host that registers there later brings the stack back.',
    action: 'Remove',
    isDangerous: true,
  }
  if (!(await confirm(question))) return
  const parts = path.split('/').filter((part) => part !== '')
  await request('DELETE', apiPath(['applications', application, 'stacks', ...parts]))
  notify(`${path} was removed.`)
  onRemoved()
}

/** Has a stack without hosts forgotten. */
export function RemoveStack(props: RemoveStackProps): JSX.Element {
  const remove = (): void =>
    void removeStack(props).catch((error: unknown) => notify(textOf(error), { tone: 'bad' }))
  return (
    <Button
      isSmall
      tone="quiet"
      label={`Remove ${props.path}`}
      isDisabled={!isOnline.value}
      onClick={remove}
    >
      Remove
    </Button>
  )
}

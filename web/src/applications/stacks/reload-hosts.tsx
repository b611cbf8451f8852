import type { JSX } from 'preact'
import { textOf } from '../../api/api-error.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { confirm } from '../../components/dialog.js'
import { isOnline } from '../../offline/connection.js'
import { notify } from '../../state/toasts.js'
import type { LoadedApplication } from '../page/application-page.js'

async function reloadHosts(name: string): Promise<void> {
  const question = {
    title: `Reload the hosts of ${name}?`,
    text: 'Gateways that took its hosts when its model changed take those that are registered now, at once and without approval.',
    action: 'Reload',
  }
  if (!(await confirm(question))) return
  await request('POST', apiPath(['applications', name, 'hosts', 'reload']))
  notify(`Gateways were told to reload the hosts of ${name}.`)
}

/** Has gateways take the hosts that are registered now; nothing where they always do. */
export function ReloadHosts({ state, canEdit }: LoadedApplication): JSX.Element | null {
  const { name, workspace } = state
  const isStatic = workspace.base.value?.settings.discovery !== 'dynamic'
  if (!canEdit || !workspace.stored.value || !isStatic) return null
  const reload = (): void =>
    void reloadHosts(name).catch((error: unknown) => notify(textOf(error), { tone: 'bad' }))
  return (
    <div>
      <Button onClick={reload} isDisabled={!isOnline.value}>
        Reload hosts
      </Button>
    </div>
  )
}

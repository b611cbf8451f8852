import type { OverrideView } from '../../../../src/manage/api/targets.js'
import type { TargetView } from '../../../../src/manage/status.js'
import { textOf } from '../../api/api-error.js'
import { apiPath, request } from '../../api/client.js'
import { refreshStatus } from '../../state/live-status.js'
import { notify } from '../../state/toasts.js'

const AS_CONFIGURED: OverrideView = { state: 'enabled', weight: null }

/** What operators want of a target at present. */
export function wishOf({ override }: TargetView): OverrideView {
  return override ?? AS_CONFIGURED
}

async function put(group: string, id: string, wish: OverrideView): Promise<void> {
  const path = apiPath(['groups', group, 'targets', id])
  const isAsConfigured = wish.state === 'enabled' && wish.weight === null
  if (isAsConfigured) await request('DELETE', path)
  else await request('PUT', path, { body: wish })
  await refreshStatus()
}

/** Changes what is wanted of a target, and offers to take it back. @throws as `request` */
export async function changeTarget(
  group: string,
  target: TargetView,
  to: OverrideView,
): Promise<void> {
  const before = wishOf(target)
  await put(group, target.id, to)
  const undo = (): void => {
    put(group, target.id, before).then(
      () => notify(`${target.address} of ${group} is as it was.`),
      (error: unknown) => notify(textOf(error), { tone: 'bad' }),
    )
  }
  notify(`${target.address} of ${group} was changed.`, { undo })
}

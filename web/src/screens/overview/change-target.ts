import type { OperatorWish } from '../../../../src/core/health.js'
import type { TargetView } from '../../../../src/manage/status.js'
import { textOf } from '../../api/api-error.js'
import { apiPath, request } from '../../api/client.js'
import { refreshStatus } from '../../state/live-status.js'
import { notify } from '../../state/toasts.js'

/** What an operator wants of a target. */
export interface TargetWish {
  readonly state: OperatorWish
  /** Null for the one of the configuration. */
  readonly weight: number | null
}

/** What is wanted of a target at present. */
export function wishOf({ state }: TargetView): OperatorWish {
  return state === 'draining' || state === 'disabled' ? state : 'enabled'
}

async function put(group: string, id: string, wish: TargetWish): Promise<void> {
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
  to: TargetWish,
): Promise<void> {
  const before: TargetWish = { state: wishOf(target), weight: target.weight }
  await put(group, target.id, to)
  const undo = (): void => {
    put(group, target.id, before).then(
      () => notify(`${target.address} of ${group} is as it was.`),
      (error: unknown) => notify(textOf(error), { tone: 'bad' }),
    )
  }
  notify(`${target.address} of ${group} was changed.`, { undo })
}

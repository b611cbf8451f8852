import { request } from '../api/client.js'
import { confirm } from '../components/dialog.js'
import { user } from '../state/session.js'
import { isUnreachable } from './kept-answers.js'
import { draftCount, forget, keepLeaving } from './kept-session.js'

function lossOf(count: number): string {
  const drafts = count === 1 ? 'A draft that is' : `${count} drafts that are`
  return `${drafts} not proposed yet will be gone. What is kept on this machine is removed.`
}

/**
 * Signs out, and removes what is kept on this machine; asks before drafts are lost. Where the service cannot be told now, it is
 * told before anything else once it can.
 * @throws ApiError when the service refuses it; nothing is removed then
 */
export async function signOut(): Promise<void> {
  const name = user.value?.name ?? ''
  // What keeps nothing has nothing to lose.
  const count = await draftCount(name).catch(() => 0)
  const question = {
    title: 'Sign out?',
    text: lossOf(count),
    action: 'Sign out and give them up',
    isDangerous: true,
  }
  if (count > 0 && !(await confirm(question))) return
  try {
    await request('DELETE', '/api/session', { isSignIn: true })
  } catch (error) {
    if (!isUnreachable(error)) throw error
    await keepLeaving()
  }
  await forget(name).catch(() => undefined)
  // Nothing of theirs stays in memory for whoever comes next.
  location.reload()
}

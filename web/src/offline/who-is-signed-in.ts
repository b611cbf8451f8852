import type { SessionView, SignInView } from '../../../src/manage/api/accounts.js'
import { get, request } from '../api/client.js'
import { isUnreachable } from './kept-answers.js'
import { hasLeft, isLeaving, keptSession } from './kept-session.js'

/** Ends the session that somebody has left; one that is over by now is left, too. */
async function leave(signal?: AbortSignal): Promise<void> {
  try {
    await request('DELETE', '/api/session', { isSignIn: true, signal })
  } catch (error) {
    if (isUnreachable(error) || signal?.aborted) throw error
  }
  await hasLeft()
}

/**
 * Who is signed in, or was when the service could last be reached; null for nobody.
 * @throws UnreachableError when it cannot be reached, and nobody is kept
 */
export async function whoIsSignedIn(signal?: AbortSignal): Promise<SessionView | null> {
  try {
    if (await isLeaving()) await leave(signal)
    const { session } = await get<SignInView>('/api/sign-in', signal)
    return session
  } catch (error) {
    const kept = isUnreachable(error) ? await keptSession() : undefined
    if (!kept) throw error
    return kept
  }
}

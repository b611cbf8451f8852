import type { SessionView, SignInView } from '../../../src/manage/api/accounts.js'
import { get, request } from '../api/client.js'
import { isUnreachable } from './kept-answers.js'
import { hasLeft, isLeaving, keptSession } from './kept-session.js'

/**
 * Who is signed in, or was when the service could last be reached; null for nobody.
 * @throws UnreachableError when it cannot be reached, and nobody is kept
 */
export async function whoIsSignedIn(signal?: AbortSignal): Promise<SessionView | null> {
  try {
    if (await isLeaving()) {
      await request('DELETE', '/api/session', { isSignIn: true, signal })
      await hasLeft()
    }
    const { session } = await get<SignInView>('/api/sign-in', signal)
    return session
  } catch (error) {
    const kept = isUnreachable(error) ? await keptSession() : undefined
    if (!kept) throw error
    return kept
  }
}

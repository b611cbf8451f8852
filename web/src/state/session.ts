import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { RoleName, SessionView, UserView } from '../../../src/manage/api/accounts.js'

/** `unknown` until the service was asked; `expired` when one was signed in and no more is. */
export type SessionState =
  | { readonly is: 'unknown' | 'signed-out' }
  | { readonly is: 'signed-in' | 'expired'; readonly session: SessionView }

const state = signal<SessionState>({ is: 'unknown' })

interface Waiting {
  readonly resume: () => void
  readonly fail: (reason: Error) => void
}

/** Requests that go on when the same person signs in again. */
let waiting: readonly Waiting[] = []

function takeWaiting(): readonly Waiting[] {
  const taken = waiting
  waiting = []
  return taken
}

/** Whether somebody is signed in. */
export const sessionState: ReadonlySignal<SessionState> = state

/** Who is signed in, or was until the session ended. */
export const user: ReadonlySignal<UserView | undefined> = computed(() =>
  'session' in state.value ? state.value.session.user : undefined,
)

/** Somebody signed in; what waited for it goes on. */
export function signedIn(session: SessionView): void {
  const before = user.value
  if (before && before.name !== session.user.name) {
    // What is on the screen, and what waits, was somebody else's.
    location.reload()
    return
  }
  state.value = { is: 'signed-in', session }
  for (const { resume } of takeWaiting()) resume()
}

/** Nobody is signed in, by one's own will or from the start; what waited does not go on. */
export function signedOut(): void {
  state.value = { is: 'signed-out' }
  for (const { fail } of takeWaiting()) fail(new Error('You have signed out.'))
}

/** The session has ended; resolves when the same person signed in. Rejects with the reason of the signal, or at signing out. */
export function signInAgain(signal?: AbortSignal): Promise<void> {
  const { value } = state
  state.value =
    'session' in value ? { is: 'expired', session: value.session } : { is: 'signed-out' }
  return new Promise((resume, fail) => {
    const own: Waiting = { resume, fail }
    waiting = [...waiting, own]
    signal?.addEventListener('abort', () => {
      waiting = waiting.filter((each) => each !== own)
      fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    })
  })
}

function includes(held: RoleName, wanted: RoleName): boolean {
  return held === wanted || held === 'administrator' || wanted === 'viewer'
}

/**
 * Whether the one who is signed in has a role, so that only what can be done is offered; the service decides in the end.
 * @param on `application:<name>`, `lists`, or `*` for everything; left out: at least somewhere
 */
export function may(role: RoleName, on?: string): boolean {
  const grants = user.value?.grants ?? []
  return grants.some(
    (grant) =>
      includes(grant.role, role) && (on === undefined || grant.on === '*' || grant.on === on),
  )
}

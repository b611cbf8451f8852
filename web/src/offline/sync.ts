import { effect } from '@preact/signals'
import {
  applicationState,
  listsState,
  reloadAll,
  reloadApplication,
  type ApplicationState,
  type ListsState,
} from '../applications/application-state.js'
import type { Workspace } from '../applications/draft/workspace.js'
import { propose } from '../applications/page/propose.js'
import { textOf } from '../api/api-error.js'
import { onEvent, streamState } from '../api/event-stream.js'
import { sessionState, signInAgain, user } from '../state/session.js'
import { notify } from '../state/toasts.js'
import { draftedSubjects, onDraftElsewhere } from './draft-keeper.js'
import { keepSession } from './kept-session.js'
import { watchConnection } from './recovery.js'
import { whoIsSignedIn } from './who-is-signed-in.js'

function stateOf(subject: string): ApplicationState | ListsState {
  return subject === 'lists' ? listsState : applicationState(subject.slice('application:'.length))
}

async function sendOne(state: ApplicationState | ListsState): Promise<void> {
  await state.reload()
  // Which of the two kinds of content it is makes no difference to proposing.
  const workspace = state.workspace as Workspace<unknown>
  const draft = workspace.draft.value
  if (!draft?.queued || draft.conflicts.length > 0) return
  const { title } = draft.queued
  if (state.problems.value.length > 0) {
    notify(`“${title}” was not sent: see what is wrong with it.`, { tone: 'bad' })
    return
  }
  try {
    const proposed = await propose(workspace, draft.queued)
    if ('change' in proposed) notify(`Sent, now that the service is back: ${title}`)
  } catch (error) {
    notify(`“${title}” was not sent. ${textOf(error)}`, { tone: 'bad' })
  }
}

/** Sends the proposals that wait, each once it is merged with what is stored by now. */
export async function sendQueued(): Promise<void> {
  for (const subject of await draftedSubjects()) await sendOne(stateOf(subject))
}

async function goOn(): Promise<void> {
  const session = await whoIsSignedIn()
  if (!session) await signInAgain()
  // Somebody else has signed in with this browser: what is on the screen is not theirs.
  else if (session.user.name !== user.value?.name) {
    location.reload()
    return
  }
  await reloadAll()
  await sendQueued()
}

function applicationIn(data: unknown): string | undefined {
  const isNamed = typeof data === 'object' && data !== null && 'application' in data
  return isNamed && typeof data.application === 'string' ? data.application : undefined
}

/** Follows what is stored, and sends what waits, for as long as somebody is signed in. */
export function startSync(signal: AbortSignal): void {
  if (signal.aborted) return
  let wasLive = false
  const endings = [
    watchConnection(() => void goOn()),
    onDraftElsewhere((subject) => void stateOf(subject).workspace.restore()),
    onEvent('lists', () => void listsState.reload()),
    onEvent('model', (data) => {
      const name = applicationIn(data)
      if (name !== undefined) void reloadApplication(name)
    }),
    effect(() => {
      const { value } = sessionState
      // A full disk is no reason not to work with the service.
      if (value.is === 'signed-in') void keepSession(value.session).catch(() => undefined)
    }),
    effect(() => {
      const isLive = streamState.value === 'live'
      // What was told while nobody listened is asked for.
      if (isLive && wasLive) void reloadAll()
      wasLive ||= isLive
    }),
  ]
  signal.addEventListener('abort', () => {
    for (const end of endings) end()
  })
  void sendQueued()
}

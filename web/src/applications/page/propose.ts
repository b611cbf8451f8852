import type { ChangeView, Proposal, Subject } from '../../../../src/manage/api/changes.js'
import { isSame } from '../../../../src/model/same.js'
import { ApiError } from '../../api/api-error.js'
import { newAttempt } from '../../api/attempt.js'
import { apiPath, request } from '../../api/client.js'
import { isUnreachable } from '../../offline/kept-answers.js'
import type { Amended, Draft } from '../draft/draft.js'
import type { Workspace } from '../draft/workspace.js'

/** What a proposal is called, and why it is made. */
export interface ProposalWords {
  readonly title: string
  readonly description: string
}

/** What became of a proposal: it waits here while the service cannot be reached. */
export type Proposed = { readonly change: ChangeView } | { readonly isQueued: true }

function subjectOf(subject: string): Subject {
  return subject === 'lists'
    ? { kind: 'lists' }
    : { kind: 'application', name: subject.slice('application:'.length) }
}

/** Replaces what an open change set proposes; comments that came meanwhile do not matter, another amendment does. */
async function amend<Content>(
  workspace: Workspace<Content>,
  { id, revision, title }: Amended,
  body: Omit<Proposal, 'subject'>,
): Promise<ChangeView> {
  const path = apiPath(['changes', id])
  const { body: present, etag } = await request<ChangeView>('GET', path)
  if (present.revision !== revision) {
    // The answer to it was lost.
    if (present.title === body.title && isSame(present.document, body.document)) return present
    workspace.attach(null)
    throw new Error(
      `Somebody else amended “${title}” meanwhile. Sent once more, yours is a change of its own.`,
    )
  }
  return (await request<ChangeView>('PUT', path, { body, ifMatch: etag })).body
}

/** What an attempt has made before, when it was another one by then; undefined for other errors. */
function madeBefore(error: unknown): ChangeView | undefined {
  // Of an attempt the service tells the change set that it made.
  if (error instanceof ApiError && error.status === 422) return error.current as ChangeView
  return undefined
}

/**
 * Proposes in the attempt of the draft, so that it is proposed once although an answer was lost. What was edited since then
 * amends what has arrived, unless others have taken it up by now: then it is a change of its own.
 */
async function sendNew<Content>(
  workspace: Workspace<Content>,
  attempt: string,
  body: Omit<Proposal, 'subject'>,
): Promise<ChangeView> {
  await workspace.sending(attempt)
  const proposal: Proposal = { subject: subjectOf(workspace.subject), ...body }
  try {
    const options = { body: proposal, attempt }
    return (await request<ChangeView>('POST', apiPath(['changes']), options)).body
  } catch (error) {
    const made = madeBefore(error)
    if (!made) throw error
    const { id, revision, title, state } = made
    if (state !== 'open' || revision > 1) return sendNew(workspace, newAttempt(), body)
    const amends = { id, revision, title }
    workspace.attach(amends)
    return amend(workspace, amends, body)
  }
}

function send<Content>(
  workspace: Workspace<Content>,
  { base, history, amends, attempt = newAttempt() }: Draft<Content>,
  { title, description }: ProposalWords,
): Promise<ChangeView> {
  const body = {
    title,
    ...(description.trim() !== '' && { description }),
    baseVersion: base.version,
    document: workspace.kind.proposed(base.content, history.present),
  }
  return amends ? amend(workspace, amends, body) : sendNew(workspace, attempt, body)
}

/**
 * Proposes what is edited, and ends the draft. While the service cannot be reached the draft stays, and is sent when it can.
 * @throws ApiError when the service refuses it; the draft stays
 */
export async function propose<Content>(
  workspace: Workspace<Content>,
  words: ProposalWords,
): Promise<Proposed> {
  const draft = workspace.draft.value
  if (!draft) throw new Error('Nothing is edited.')
  try {
    const change = await send(workspace, draft, words)
    workspace.discard()
    return { change }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    workspace.queue({ title: words.title, description: words.description })
    return { isQueued: true }
  }
}

/** Whether a proposal was refused because something newer is stored. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.isConflict
}

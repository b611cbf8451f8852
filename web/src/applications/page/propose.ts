import type { ChangeView, Proposal, Subject } from '../../../../src/manage/api/changes.js'
import { ApiError } from '../../api/api-error.js'
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
    workspace.detach()
    throw new Error(
      `Somebody else amended “${title}” meanwhile. Sent once more, yours is a change of its own.`,
    )
  }
  return (await request<ChangeView>('PUT', path, { body, ifMatch: etag })).body
}

async function send<Content>(
  workspace: Workspace<Content>,
  { base, history, amends }: Draft<Content>,
  { title, description }: ProposalWords,
): Promise<ChangeView> {
  const { subject, kind } = workspace
  const body = {
    title,
    ...(description.trim() !== '' && { description }),
    baseVersion: base.version,
    document: kind.proposed(base.content, history.present),
  }
  if (amends) return amend(workspace, amends, body)
  const proposal: Proposal = { subject: subjectOf(subject), ...body }
  return (await request<ChangeView>('POST', apiPath(['changes']), { body: proposal })).body
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

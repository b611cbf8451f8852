import type { Conflict } from '../../../../src/model/merge.js'
import type { DocumentKind } from './document-kind.js'
import { edited, unedited, type EditHistory } from './edit-history.js'

/** A version of a document that the service has, or had when it was last seen. */
export interface Stored<Content> {
  /** Null for an application that is not there yet. */
  readonly version: number | null
  readonly content: Content | undefined
}

/** An open change set that an edit is to replace. */
export interface Amended {
  readonly id: string
  readonly revision: number
  readonly title: string
}

/** One's edits of one document, which no one else sees yet; kept in IndexedDB as it is. */
export interface Draft<Content> {
  readonly base: Stored<Content>
  readonly history: EditHistory<Content>
  /** Where somebody else changed the same, and it is not decided yet whose way it goes: so far it is one's own. */
  readonly conflicts: readonly Conflict[]
  readonly amends: Amended | null
  /** What it is proposed as once the service can be reached; null while one is still at it. */
  readonly queued: { readonly title: string; readonly description: string } | null
  /** The attempt that it was sent in, whose answer was lost, or is awaited; absent before it is sent. */
  readonly attempt?: string
  /** Tells what is kept from what another window has kept since; absent before it is kept. */
  readonly edition?: string
}

/** A draft in which nothing is edited yet. @param content what editing begins with, where nothing is stored */
export function draftOf<Content>(base: Stored<Content>, content: Content): Draft<Content> {
  return { base, history: unedited(content), conflicts: [], amends: null, queued: null }
}

/**
 * The draft upon what is stored by now, with what somebody else changed meanwhile merged in. What was before the merge is no
 * longer a step that can be taken back to: it would take back what the others did.
 */
export function rebased<Content>(
  draft: Draft<Content>,
  stored: Stored<Content>,
  kind: DocumentKind<Content>,
): Draft<Content> {
  const { base, history } = draft
  if (base.version === stored.version || stored.content === undefined) return draft
  const { content, conflicts } = kind.merge(base.content, history.present, stored.content)
  const kept = draft.conflicts.filter(
    ({ path, what }) => !conflicts.some((each) => each.path === path && each.what === what),
  )
  return {
    ...draft,
    base: stored,
    history: edited(unedited(stored.content), content),
    conflicts: [...kept, ...conflicts],
  }
}

/** The draft with one conflict decided. */
export function decided<Content>(
  draft: Draft<Content>,
  conflict: Conflict,
  side: 'ours' | 'theirs',
  kind: DocumentKind<Content>,
): Draft<Content> {
  const conflicts = draft.conflicts.filter((each) => each !== conflict)
  if (side === 'ours') return { ...draft, conflicts }
  const content = kind.takeTheirs(draft.history.present, conflict)
  return { ...draft, conflicts, history: edited(draft.history, content) }
}

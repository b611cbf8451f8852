import type { Conflict } from '../../../../src/model/merge.js'
import type { DocumentKind } from './document-kind.js'
import { rebased, type Draft } from './draft.js'
import { edited } from './edit-history.js'

function isAmong({ path, what }: Conflict, others: readonly Conflict[]): boolean {
  return others.some((each) => each.path === path && each.what === what)
}

/**
 * One draft of the two that two windows of one browser made of the same: nothing that was edited in either is lost. Where both
 * edited the same it is a conflict, which is decided as one with somebody else is.
 * @param common what both windows knew; undefined when each has begun a draft
 * @param theirs the one that is kept: its steps can be taken back, and those of this window are one more
 */
export function joined<Content>(
  common: Draft<Content> | undefined,
  ours: Draft<Content>,
  theirs: Draft<Content>,
  kind: DocumentKind<Content>,
): Draft<Content> {
  const began = common?.history.present ?? theirs.base.content
  const present = theirs.history.present
  const { content, conflicts } = kind.merge(began, ours.history.present, present)
  const isNew = kind.diff(present, content).length > 0
  const decided = (common?.conflicts ?? []).filter(
    (each) => !isAmong(each, theirs.conflicts) || !isAmong(each, ours.conflicts),
  )
  const open = [
    ...theirs.conflicts,
    ...ours.conflicts.filter((each) => !isAmong(each, theirs.conflicts)),
  ]
  return {
    ...theirs,
    // Whoever has heard of a newer version has it merged already.
    base: (ours.base.version ?? -1) > (theirs.base.version ?? -1) ? ours.base : theirs.base,
    history: isNew ? edited(theirs.history, content) : theirs.history,
    conflicts: [
      ...open.filter((each) => !isAmong(each, decided) && !isAmong(each, conflicts)),
      ...conflicts,
    ],
    ...(ours.attempt !== common?.attempt && { attempt: ours.attempt }),
    amends: ours.amends === (common?.amends ?? null) ? theirs.amends : ours.amends,
    queued: ours.queued === (common?.queued ?? null) ? theirs.queued : ours.queued,
  }
}

/** Whether somebody has edited a draft, beyond what others changed meanwhile. @param common as it was before */
export function isEdited<Content>(
  common: Draft<Content> | undefined,
  draft: Draft<Content>,
  kind: DocumentKind<Content>,
): boolean {
  if (!common) return true
  const unedited = rebased(common, draft.base, kind).history.present
  return kind.diff(unedited, draft.history.present).length > 0
}

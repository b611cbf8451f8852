import type { ChangeState, ChangeSummary, Comment, Subject } from '../api/changes.js'

/** Who decided on a change set. */
export interface Decision {
  readonly by: string
  readonly at: string
  readonly comment: string
}

/** What somebody said of a change set. */
export interface KeptComment extends Comment {
  /** Id of the attempt that it was said in, where that had one. */
  readonly attempt?: string
}

/** What is kept of a change set beside its documents: what every list of change sets needs. */
export interface ChangeRecord {
  readonly id: string
  readonly subject: Subject
  readonly title: string
  readonly description: string
  readonly state: ChangeState
  readonly authors: readonly string[]
  readonly createdAt: string
  readonly changedAt: string
  readonly revision: number
  readonly baseVersion: number | null
  readonly differences: number
  readonly thread: readonly KeptComment[]
  readonly applyAt: string | null
  readonly decision: Decision | null
  readonly applied: { readonly version: number; readonly at: string } | null
  readonly failure: string
  /** Id of the attempt that proposed it, where that had one. */
  readonly attempt?: string
}

/** The documents of a change set. */
export interface ChangeContent {
  /** What was there when it was proposed, or amended last. */
  readonly base: unknown
  readonly document: unknown
}

/** A change set as it is stored. */
export interface StoredChange {
  /** Of the record: counts everything that happens to the change set. */
  readonly version: number
  readonly record: ChangeRecord
}

/** Where the records of change sets are. */
export const CHANGES = 'changes'

/** The key of a change set. */
export function changeKey(id: string): string {
  return `${CHANGES}/${id}`
}

/** The key of its documents. */
export function contentKey(id: string): string {
  return `change-documents/${id}`
}

/** States from which a change set can still be applied. */
export const UNDECIDED: ReadonlySet<ChangeState> = new Set(['open', 'scheduled', 'failed'])

/** How lists of change sets tell of one. */
export function summaryOf(record: ChangeRecord): ChangeSummary {
  const { id, subject, title, state, authors, createdAt, changedAt, revision } = record
  const { differences, thread, applyAt } = record
  return {
    ...{ id, subject, title, state, createdAt, changedAt, revision, differences, applyAt },
    authors: [...authors],
    comments: thread.length,
  }
}

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
  /** How many versions it has had by the time it was decided; absent until then. */
  readonly versionsBefore?: number
}

/** The documents of a change set. */
export interface ChangeContent {
  /** What was there when it was proposed, or amended last. */
  readonly base: unknown
  readonly document: unknown
}

/** A change set as it is stored. */
export interface StoredChange {
  /** The key of its record. */
  readonly at: string
  /** Counts everything that happens to the change set, from 0. */
  readonly version: number
  readonly record: ChangeRecord
}

/** States from which a change set can still be applied. */
export const UNDECIDED: ReadonlySet<ChangeState> = new Set(['open', 'scheduled', 'failed'])

/** Where the records of change sets are that nobody has decided; below it are the others. */
export const CHANGES = 'changes'

/** Where they are once they are decided: so many that nobody reads them all. */
export const DECIDED = `${CHANGES}/decided`

/** Where a change set is kept that is in a state. */
export function changeKey({ id, state }: Pick<ChangeRecord, 'id' | 'state'>): string {
  return `${UNDECIDED.has(state) ? CHANGES : DECIDED}/${id}`
}

/** The key of its documents. */
export function contentKey(id: string): string {
  return `change-documents/${id}`
}

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

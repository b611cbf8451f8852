import type { Difference } from '../../model/diff.js'
import type { DocumentProblem } from '../../model/document.js'
import type { Merged } from '../../model/merge.js'
import type { Read } from '../../model/read-model.js'
import type { ModelWrite } from '../../store/record-store.js'
import type { Subject } from '../api/changes.js'
import type { GrantSubject } from '../http/access.js'

/** What is to be said of a proposal, as things are now. */
export interface Judgement {
  /** What is wrong with it. */
  readonly mistakes: readonly DocumentProblem[]
  /** What stands in its way at the moment: gateways would not take it. */
  readonly obstacles: readonly DocumentProblem[]
  /** What is allowed, but doubtful. */
  readonly warnings: readonly DocumentProblem[]
}

/**
 * What a change set is about, as it is now. Documents are JSON: of an application the whole model, null when there is none; of
 * lists those that the change set names, by name, null for one that is not there. All but `read` take what `read` has given.
 */
export interface SubjectMatter {
  readonly subject: Subject
  /** As grants, policies and histories name it. */
  readonly key: GrantSubject
  /** Of what is stored; null when nothing is. */
  readonly version: number | null
  /** What somebody sent, with everything filled in or left out as it is when it is written. */
  read(document: unknown): Read<unknown>
  /** What is there of what a document is about. */
  current(document: unknown): unknown
  diff(before: unknown, after: unknown): readonly Difference[]
  merge(base: unknown, ours: unknown, theirs: unknown): Merged<unknown>
  judge(document: unknown): Judgement
  /** What puts a document in the place of what is there. */
  write(document: unknown): ModelWrite
}

import type { DocumentProblem } from '../../model/document.js'
import type { ChangeView, Difference, MergeView } from '../api/changes.js'
import type { FieldProblem } from '../api/problem.js'
import { isStale } from './applying.js'
import { summaryOf, UNDECIDED, type ChangeContent, type StoredChange } from './change-record.js'
import type { SubjectMatter } from './subject-matter.js'

/** Problems of a document as problems of a field that has it. */
export function fieldProblems(
  problems: readonly DocumentProblem[],
  place = '',
): readonly FieldProblem[] {
  return problems.map(({ code, path, message }) => ({ path: place + path, code, message }))
}

/** Differences as they are told. */
export function differencesOf(
  matter: SubjectMatter,
  before: unknown,
  after: unknown,
): Difference[] {
  return matter.diff(before, after).map((each) => ({ ...each }))
}

/** A change set with everything that is to be said of it now. */
export function viewOf(
  { record }: StoredChange,
  { base, document }: ChangeContent,
  matter: SubjectMatter,
): ChangeView {
  const isUndecided = UNDECIDED.has(record.state)
  const judgement = isUndecided
    ? matter.judge(document)
    : { mistakes: [], obstacles: [], warnings: [] }
  return {
    ...summaryOf(record),
    description: record.description,
    baseVersion: record.baseVersion,
    base,
    document,
    diff: differencesOf(matter, base, document),
    problems: [...fieldProblems([...judgement.mistakes, ...judgement.obstacles])],
    warnings: [...fieldProblems(judgement.warnings)],
    isStale: isUndecided && isStale(matter, { base, document }),
    currentVersion: matter.version,
    thread: record.thread.map(({ by, at, text }) => ({ by, at, text })),
    decision: record.decision,
    applied: record.applied,
    failure: record.failure,
  }
}

/** A change set merged with what is there by now. */
export function mergeOf({ base, document }: ChangeContent, matter: SubjectMatter): MergeView {
  const current = matter.current(document)
  const { content, conflicts } = matter.merge(base, document, current)
  return {
    currentVersion: matter.version,
    current,
    document: content,
    conflicts: conflicts.map((each) => ({ ...each })),
  }
}

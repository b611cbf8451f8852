import { Type, type Static } from 'typebox'
import { nullable } from './nullable.js'
import { FieldProblem } from './problem.js'

/** What a change set is about: one application, or lists. */
export const Subject = Type.Union([
  Type.Object({
    kind: Type.Literal('application'),
    name: Type.String({ pattern: '^[^/\\x00-\\x1f\\x7f]{1,200}$' }),
  }),
  Type.Object({ kind: Type.Literal('lists') }),
])
export type Subject = Static<typeof Subject>

/** `open` until somebody decides; `scheduled` is approved for a time to come; `failed` could not be applied then. */
export const CHANGE_STATES = [
  'open',
  'scheduled',
  'applied',
  'rejected',
  'withdrawn',
  'failed',
] as const
export const ChangeState = Type.Enum(CHANGE_STATES)
export type ChangeState = (typeof CHANGE_STATES)[number]

/**
 * What is proposed. Of an application `document` is the whole model in its JSON form, null to remove it; of lists an object
 * of those that change, by name, null for one that goes.
 */
export const Proposal = Type.Object({
  subject: Subject,
  title: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 10_000 })),
  /** The version that was edited; null for an application, or lists, that are not there yet. */
  baseVersion: nullable(Type.Integer({ minimum: 0 })),
  document: Type.Unknown(),
})
export type Proposal = Static<typeof Proposal>

/** One difference between two documents. */
export const Difference = Type.Object({
  /** JSON pointer into the document that has it. */
  path: Type.String(),
  /** What it is, in words: `rule Beta_boxes`, `slice 1`, `whitelist`, `settings / minimumHosts`. */
  what: Type.String(),
  kind: Type.Union([
    Type.Literal('added'),
    Type.Literal('removed'),
    Type.Literal('changed'),
    Type.Literal('moved'),
  ]),
  /** JSON form; absent for what was added. */
  before: Type.Optional(Type.Unknown()),
  /** JSON form; absent for what was removed. */
  after: Type.Optional(Type.Unknown()),
})
export type Difference = Static<typeof Difference>

export const Comment = Type.Object({ by: Type.String(), at: Type.String(), text: Type.String() })
export type Comment = Static<typeof Comment>

export const ChangeSummary = Type.Object({
  id: Type.String(),
  subject: Subject,
  title: Type.String(),
  state: ChangeState,
  /** Everybody who wrote it; none of them may approve it. */
  authors: Type.Array(Type.String()),
  createdAt: Type.String(),
  changedAt: Type.String(),
  /** Counts amendments, from 1. */
  revision: Type.Integer(),
  differences: Type.Integer(),
  comments: Type.Integer(),
  /** When it is to be applied; null for at once. */
  applyAt: nullable(Type.String()),
})
export type ChangeSummary = Static<typeof ChangeSummary>

export const ChangeView = Type.Interface([ChangeSummary], {
  description: Type.String(),
  baseVersion: nullable(Type.Integer()),
  /** JSON form of what was edited; null when there was nothing. */
  base: Type.Unknown(),
  document: Type.Unknown(),
  diff: Type.Array(Difference),
  /** Why it cannot be approved as it is. */
  problems: Type.Array(FieldProblem),
  warnings: Type.Array(FieldProblem),
  /** Whether something else is there by now than what was edited: it has to be merged first. */
  isStale: Type.Boolean(),
  currentVersion: nullable(Type.Integer()),
  thread: Type.Array(Comment),
  /** Who decided; null while nobody did. */
  decision: nullable(Type.Object({ by: Type.String(), at: Type.String(), comment: Type.String() })),
  /** Null unless it was applied. */
  applied: nullable(Type.Object({ version: Type.Integer(), at: Type.String() })),
  /** Why it failed; empty unless it did. */
  failure: Type.String(),
})
export type ChangeView = Static<typeof ChangeView>

/** Two changes of the same thing. */
export const Conflict = Type.Object({
  path: Type.String(),
  what: Type.String(),
  base: Type.Optional(Type.Unknown()),
  /** What is proposed. */
  ours: Type.Optional(Type.Unknown()),
  /** What is there by now. */
  theirs: Type.Optional(Type.Unknown()),
})
export type Conflict = Static<typeof Conflict>

/** A proposal merged with what is there by now; where both changed the same thing, `document` has the proposal's. */
export const MergeView = Type.Object({
  currentVersion: nullable(Type.Integer()),
  current: Type.Unknown(),
  document: Type.Unknown(),
  conflicts: Type.Array(Conflict),
})
export type MergeView = Static<typeof MergeView>

/** A version of an application or of the lists, as it came to be. */
export const HistoryEntry = Type.Object({
  version: Type.Integer(),
  at: Type.String(),
  title: Type.String(),
  authors: Type.Array(Type.String()),
  /** Null when the policy asked for none, or it came from outside. */
  approver: nullable(Type.String()),
  /** Id of the change set; null when it came from outside: a file that was edited, another tool. */
  change: nullable(Type.String()),
  differences: Type.Integer(),
})
export type HistoryEntry = Static<typeof HistoryEntry>

export const HistoryView = Type.Interface([HistoryEntry], {
  document: Type.Unknown(),
  diff: Type.Array(Difference),
})
export type HistoryView = Static<typeof HistoryView>

/** What would become of requests and hosts. */
export const ImpactView = Type.Object({
  samples: Type.Integer(),
  /** Where the samples came from. */
  origin: Type.Union([Type.Literal('given'), Type.Literal('recorded'), Type.Literal('generated')]),
  moved: Type.Integer(),
  /** Some of those that would be sent elsewhere. */
  examples: Type.Array(
    Type.Object({
      parameters: Type.Record(Type.String(), Type.String()),
      before: Type.String(),
      after: Type.String(),
    }),
  ),
  /** The default and each slice, after the change. */
  slices: Type.Array(
    Type.Object({
      name: Type.String(),
      path: Type.String(),
      percentBefore: Type.Number(),
      percent: Type.Number(),
      hosts: Type.Integer(),
    }),
  ),
  /** Whether gateways would take it, and why not. */
  minimumHosts: Type.Object({ isMet: Type.Boolean(), detail: Type.String() }),
})
export type ImpactView = Static<typeof ImpactView>

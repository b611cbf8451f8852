/** How many steps can be taken back. */
const MOST_STEPS = 200

/** A document that is edited, with what it was before each edit; immutable, and fit for IndexedDB. */
export interface EditHistory<Content> {
  readonly present: Content
  /** The newest last. */
  readonly past: readonly Content[]
  /** What was taken back, the next to come last. */
  readonly future: readonly Content[]
  /** Which field the last edit was in; typing on in it adds no step. Empty when the next edit begins one. */
  readonly field: string
}

/** A document that nobody has edited yet. */
export function unedited<Content>(present: Content): EditHistory<Content> {
  return { present, past: [], future: [], field: '' }
}

/**
 * The history with one edit more.
 * @param field where it was made; edits of one field that follow one another are one step. Empty for a step of its own
 */
export function edited<Content>(
  history: EditHistory<Content>,
  present: Content,
  field = '',
): EditHistory<Content> {
  if (present === history.present) return history
  const goesOn = field !== '' && field === history.field
  const past = goesOn ? history.past : [...history.past, history.present].slice(-MOST_STEPS)
  return { present, past, future: [], field }
}

/** The history one step back; the same when there is none. */
export function undone<Content>(history: EditHistory<Content>): EditHistory<Content> {
  const { past, present, future } = history
  const [last] = past.slice(-1)
  if (past.length === 0 || last === undefined) return history
  return { present: last, past: past.slice(0, -1), future: [...future, present], field: '' }
}

/** The history with the step that was taken back last; the same when there is none. */
export function redone<Content>(history: EditHistory<Content>): EditHistory<Content> {
  const { past, present, future } = history
  const [next] = future.slice(-1)
  if (future.length === 0 || next === undefined) return history
  return { present: next, past: [...past, present], future: future.slice(0, -1), field: '' }
}

import { Refusal } from '../http/refusal.js'
import type { ChangeRecord, StoredChange } from './change-record.js'
import { isConflict, NOBODY, type Changes } from './changes.js'

/** Others may write at the same time so often in a row. */
const MOST_TRIES = 5

/** What came of a change set whose time had come; undefined when somebody else has done it, or nothing is due any more. */
type Outcome = 'change-applied' | 'change-failed' | undefined

async function attempt(
  changes: Changes,
  id: string,
  nowMs: number,
): Promise<[Outcome, StoredChange?]> {
  const stored = await changes.shelf.find(id)
  const { state, decision, applyAt } = stored?.record ?? {}
  if (!stored || state !== 'scheduled' || !decision || Date.parse(applyAt ?? '') > nowMs)
    return [undefined]
  const matter = changes.matterOf(stored.record.subject)
  const { baseVersion, thread } = stored.record
  if (baseVersion !== null) await changes.caughtUp(matter, baseVersion)
  try {
    const content = await changes.shelf.content(id)
    return ['change-applied', await changes.apply(stored, content, matter, decision)]
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const at = new Date(nowMs).toISOString()
    const text = `It could not be applied: ${error.message}`
    const failed: ChangeRecord = {
      ...stored.record,
      state: 'failed',
      failure: error.message,
      changedAt: at,
      thread: [...thread, { by: NOBODY, at, text }],
    }
    return ['change-failed', await changes.shelf.replace(stored, failed)]
  }
}

/**
 * Applies a change set whose time has come. Of several processes that try, one does: all of it is one commit, which names the
 * version of the change set. What cannot be applied any more has failed, and says why.
 * @returns what was done, and the change set after it; undefined for what others did
 * @throws PointsmanError when the store does not answer
 */
export async function applyDue(
  changes: Changes,
  id: string,
  nowMs: number,
): Promise<{ readonly action: string; readonly change: StoredChange } | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      const [action, change] = await attempt(changes, id, nowMs)
      return action && change && { action, change }
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
  return undefined
}

import { Refusal } from '../http/refusal.js'
import type { ChangeRecord, StoredChange } from './change-record.js'
import { NOBODY, type Changes } from './changes.js'
import { isConflict, retried } from './retried.js'

async function attempt(
  changes: Changes,
  id: string,
  nowMs: number,
): Promise<StoredChange | undefined> {
  const stored = await changes.shelf.find(id)
  const { state, decision, applyAt } = stored?.record ?? {}
  if (!stored || state !== 'scheduled' || !decision || Date.parse(applyAt ?? '') > nowMs)
    return undefined
  const matter = changes.matterOf(stored.record.subject)
  const { baseVersion, thread, title } = stored.record
  const event = { by: decision.by, subject: matter.key, from: '', detail: `${id}: ${title}` }
  if (baseVersion !== null) await changes.caughtUp(matter, baseVersion)
  try {
    const content = await changes.shelf.content(id)
    const applied = { ...event, action: 'change-applied' }
    return await changes.apply(stored, content, matter, { decision, event: applied })
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
    return changes.shelf.replace(stored, failed, { ...event, action: 'change-failed' })
  }
}

/**
 * Applies a change set whose time has come. Of several processes that try, one does: all of it is one commit, which names the
 * version of the change set. What cannot be applied any more has failed, and says why.
 * @returns the change set after that; undefined when others did it, or nothing is due any more
 * @throws PointsmanError when the store does not answer
 */
export async function applyDue(
  changes: Changes,
  id: string,
  nowMs: number,
): Promise<StoredChange | undefined> {
  try {
    return await retried(() => attempt(changes, id, nowMs))
  } catch (error) {
    if (isConflict(error)) return undefined
    throw error
  }
}

import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { isSame } from '../../model/same.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import { Refusal } from '../http/refusal.js'
import type { ChangeContent, ChangeRecord, Decision, StoredChange } from './change-record.js'
import type { ChangeShelf } from './change-shelf.js'
import type { HistoryShelf } from './history-shelf.js'
import type { SubjectMatter } from './subject-matter.js'

/** What applying needs. */
export interface ApplyingOptions {
  readonly store: RecordStore
  readonly shelf: ChangeShelf
  readonly history: HistoryShelf
  readonly audit: Audit
  readonly clock: Clock
}

/** Somebody's agreement, and how the audit log tells of what comes of it. */
export interface Agreement {
  readonly decision: Decision
  readonly event: AuditEvent
}

/** Whether something else is there by now than what was edited. */
export function isStale(matter: SubjectMatter, { base, document }: ChangeContent): boolean {
  return !isSame(matter.current(document), base)
}

/**
 * Refuses what cannot be applied as things are now.
 * @throws Refusal 409
 */
export function checkApplicable(matter: SubjectMatter, content: ChangeContent): void {
  if (isStale(matter, content))
    throw new Refusal(409, {
      detail: 'Something else is there by now than what was edited: merge it first',
      current: { version: matter.version, document: matter.current(content.document) },
    })
  const { mistakes, obstacles } = matter.judge(content.document)
  const [problem, ...others] = [...mistakes, ...obstacles]
  if (!problem) return
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  const place = problem.path === '' ? '' : `${problem.path}: `
  throw new Refusal(409, { detail: `${place}${problem.message}${more}` })
}

/** Puts what change sets propose in the place of what is there. */
export class Applying {
  private readonly options: ApplyingOptions

  constructor(options: ApplyingOptions) {
    this.options = options
  }

  /**
   * Writes the model or the lists, the change set and the entry of the history, all of it or nothing.
   * @throws Refusal 409 for what cannot be applied; PointsmanError STORE_CONFLICT when anything of it has changed meanwhile
   */
  async apply(
    before: StoredChange,
    content: ChangeContent,
    matter: SubjectMatter,
    { decision, event }: Agreement,
  ): Promise<StoredChange> {
    checkApplicable(matter, content)
    const { store, shelf, history, audit, clock } = this.options
    const at = new Date(clock.wallTimeMs()).toISOString()
    const model = matter.write(content.document)
    const isRemoval = model.kind === 'application' && !model.model
    const { title, authors, id, differences } = before.record
    // Who applies what they wrote could do so because nobody else had to agree.
    const approver = authors.includes(decision.by) ? null : decision.by
    const placed = await history.place(matter.key, {
      entry: { at, title, authors, approver, change: id, differences },
      content,
      modelVersion: isRemoval ? null : (model.version ?? -1) + 1,
    })
    const record: ChangeRecord = {
      ...before.record,
      state: 'applied',
      changedAt: at,
      decision,
      applied: { version: placed.version, at },
      failure: '',
    }
    const { after, records: replacement } = shelf.replacement(before, record)
    const records = [...replacement, ...placed.records]
    const version = await this.committed(audit.commit(event, { records, model }))
    const correction = version === undefined ? [] : placed.correction(version)
    // Nobody is harmed when this fails: the version is then told of once more, as one that came from outside.
    if (correction.length > 0) await store.commit({ records: correction }).catch(() => undefined)
    return after
  }

  private async committed(commit: Promise<number | undefined>): Promise<number | undefined> {
    try {
      return await commit
    } catch (error) {
      const isUnkept = error instanceof PointsmanError && error.code === 'STORE_BROKEN'
      throw isUnkept ? new Refusal(409, { detail: error.message }) : error
    }
  }
}

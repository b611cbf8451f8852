import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import type { StackComments } from '../api/applications.js'

const MOST_TOLD = 5

/** The comments on the stacks of an application, and how often they were changed. */
export interface KeptComments {
  /** 0 as long as there never was one. */
  readonly version: number
  readonly kept: StackComments
}

function keyOf(application: string): string {
  return `comments/${application}`
}

/** What people remark on stacks. It is no part of a model, and so nobody has to approve it. */
export class CommentsOnStacks {
  private readonly store: RecordStore
  private readonly audit: Audit

  constructor(store: RecordStore, audit: Audit) {
    this.store = store
    this.audit = audit
  }

  async of(application: string): Promise<KeptComments> {
    const record = await this.store.readRecord(keyOf(application))
    if (!record) return { version: 0, kept: { comments: {} } }
    // Written by `set` alone.
    return { version: record.version + 1, kept: record.value as StackComments }
  }

  /**
   * Removes the comment on one stack.
   * @returns false when there is none
   */
  async remove(application: string, path: string, event: AuditEvent): Promise<boolean> {
    const { version, kept } = await this.of(application)
    const rest = Object.entries(kept.comments).filter(([each]) => each !== path)
    if (rest.length === Object.keys(kept.comments).length) return false
    await this.set(application, { comments: Object.fromEntries(rest) }, version, event)
    return true
  }

  /**
   * @param version the one that is replaced
   * @returns the new version
   */
  async set(
    application: string,
    { comments }: StackComments,
    version: number,
    event: AuditEvent,
  ): Promise<number> {
    const replaced = version === 0 ? undefined : version - 1
    const value: StackComments = { comments }
    const records = [{ key: keyOf(application), value, version: replaced }]
    await this.audit.commit(event, { records })
    return version + 1
  }
}

/** The stacks whose comments are others than before, in words; of many the first ones. */
export function changedStacks({ comments: before }: StackComments, after: StackComments): string {
  const { comments } = after
  const changed = Object.keys({ ...before, ...comments })
    .filter((path) => before[path] !== comments[path])
    .sort()
  const others = changed.length > MOST_TOLD ? `, and ${changed.length - MOST_TOLD} more` : ''
  return changed.slice(0, MOST_TOLD).join(', ') + others
}

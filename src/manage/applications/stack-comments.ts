import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import { AuditedValues, type Kept } from '../accounts/audited-values.js'
import type { StackComments } from '../api/applications.js'

const MOST_TOLD = 5

function keyOf(application: string): string {
  return `comments/${application}`
}

/** What people remark on stacks. It is no part of a model, and so nobody has to approve it. */
export class CommentsOnStacks {
  private readonly values: AuditedValues<StackComments>

  constructor(store: RecordStore, audit: Audit) {
    this.values = new AuditedValues(store, audit)
  }

  async of(application: string): Promise<Kept<StackComments>> {
    const { version, value = { comments: {} } } = await this.values.of(keyOf(application))
    return { version, value }
  }

  /**
   * Removes the comment on one stack.
   * @returns false when there is none
   */
  async remove(application: string, path: string, event: AuditEvent): Promise<boolean> {
    const { version, value } = await this.of(application)
    const rest = Object.entries(value.comments).filter(([each]) => each !== path)
    if (rest.length === Object.keys(value.comments).length) return false
    await this.set(application, { comments: Object.fromEntries(rest) }, version, event)
    return true
  }

  /**
   * @param version the one that is replaced
   * @returns the new version
   */
  set(
    application: string,
    { comments }: StackComments,
    version: number,
    event: AuditEvent,
  ): Promise<number> {
    return this.values.set(keyOf(application), { comments }, version, event)
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

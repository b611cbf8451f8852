import type { Clock } from '../../core/ports.js'
import type { RecordStore } from '../../store/record-store.js'
import type { Audit, AuditEvent } from '../accounts/audit.js'
import type { ChangeView, MergeView, Proposal, Subject } from '../api/changes.js'
import type { Operator } from '../http/access.js'
import { Refusal, refusedField } from '../http/refusal.js'
import { changedMeanwhile } from '../http/versions.js'
import { attemptRecord, calledAlike, keptAttempt, type Attempt } from './attempts.js'
import { Applying, checkApplicable, type Agreement } from './applying.js'
import {
  FARTHEST_SCHEDULE_MS,
  MOST_AUTHORS,
  MOST_COMMENTS,
  MOST_OPEN_OF_SUBJECT,
} from './bounds.js'
import {
  UNDECIDED,
  type ChangeContent,
  type ChangeRecord,
  type Decision,
  type StoredChange,
} from './change-record.js'
import { ChangeShelf, newChangeId } from './change-shelf.js'
import { fieldProblems, mergeOf, viewOf } from './change-views.js'
import { HistoryShelf } from './history-shelf.js'
import type { ModelBook } from '../models/model-book.js'
import { matterOf } from './matters.js'
import { Policies } from './policies.js'
import { retried } from './retried.js'
import type { SubjectMatter } from './subject-matter.js'

/** Who speaks where nobody does. */
export const NOBODY = 'pointsman'

/** How long to wait for a version that others have written and this process has not heard of. */
const CATCH_UP_MS = 2000

/** What change sets work with. */
export interface ChangesOptions {
  readonly store: RecordStore
  readonly models: ModelBook
  readonly clock: Clock
  /** Takes what is done together with an entry that tells of it. */
  readonly audit: Audit
}

/** Who does something, and where from: a request, for one. */
export interface Actor {
  readonly operator: Operator
  /** Address. */
  readonly ip: string
}

/** A change set that somebody may see. */
interface SeenChange {
  readonly stored: StoredChange
  readonly matter: SubjectMatter
}

/** What may be said with a decision. */
export interface Verdict {
  readonly comment?: string | undefined
  /** ISO 8601; undefined or null for at once. */
  readonly applyAt?: string | null | undefined
}

/** What is proposed, without what it is about. */
export type Amendment = Omit<Proposal, 'subject'>

/** A change set as it is told, and the version that whoever changes it has to name. */
export interface ToldChange {
  readonly version: number
  readonly view: ChangeView
}

/** What people propose, say, and decide. Who may do what is checked here, and nowhere before. */
export class Changes {
  readonly shelf: ChangeShelf
  readonly history: HistoryShelf
  readonly policies: Policies
  readonly applying: Applying
  private readonly options: ChangesOptions

  constructor(options: ChangesOptions) {
    const { store, clock, audit } = options
    this.options = options
    this.shelf = new ChangeShelf(store, audit)
    this.history = new HistoryShelf(store)
    this.policies = new Policies(store, audit)
    const { shelf, history } = this
    this.applying = new Applying({ store, clock, audit, shelf, history })
  }

  matterOf(subject: Subject): SubjectMatter {
    return matterOf(subject, this.options.models)
  }

  async told(operator: Operator, id: string): Promise<ToldChange> {
    const { stored, matter } = await this.seen(operator, id)
    return this.view(stored, matter)
  }

  async merged(operator: Operator, id: string): Promise<MergeView> {
    const { stored, matter } = await this.seen(operator, id)
    return mergeOf(await this.shelf.content(stored.record.id), matter)
  }

  /** The documents of a change set, for who may see it. */
  async content(operator: Operator, id: string) {
    const { stored, matter } = await this.seen(operator, id)
    return { ...(await this.shelf.content(id)), matter, record: stored.record }
  }

  /**
   * What an attempt has made before, as it is now.
   * @throws Refusal 422 when it wanted something else then
   */
  async made(operator: Operator, attempt: Attempt | undefined): Promise<ToldChange | undefined> {
    const kept = attempt && (await keptAttempt(this.options.store, attempt))
    if (!kept) return undefined
    const told = await this.told(operator, kept.change)
    if (kept.wanted !== attempt.wanted) throw calledAlike(told.view)
    return told
  }

  /** @param attempt one that was made before, here or at another process, gives what came of it */
  propose(actor: Actor, proposal: Proposal, attempt?: Attempt): Promise<ToldChange> {
    const { operator } = actor
    const matter = this.matterOf(proposal.subject)
    operator.require('editor', matter.key)
    return retried(
      async () =>
        (await this.made(operator, attempt)) ?? this.create(actor, matter, proposal, attempt),
    )
  }

  private async create(
    actor: Actor,
    matter: SubjectMatter,
    proposal: Proposal,
    attempt: Attempt | undefined,
  ): Promise<ToldChange> {
    const { operator } = actor
    const open = (await this.shelf.waiting()).filter(
      ({ record }) => UNDECIDED.has(record.state) && this.keyOf(record) === matter.key,
    )
    if (open.length >= MOST_OPEN_OF_SUBJECT)
      throw new Refusal(409, {
        detail: `${open.length} change sets wait already: decide some first`,
      })
    const { content, differences } = await this.read(matter, proposal)
    const at = this.now()
    const record: ChangeRecord = {
      id: newChangeId(this.options.clock.wallTimeMs()),
      subject: matter.subject,
      title: proposal.title,
      description: proposal.description ?? '',
      state: 'open',
      authors: [operator.user],
      createdAt: at,
      changedAt: at,
      revision: 1,
      baseVersion: proposal.baseVersion,
      differences,
      ...{ thread: [], applyAt: null, decision: null, applied: null, failure: '' },
      ...(attempt && { attempt: attempt.id }),
    }
    const event = this.event(actor, 'change-proposed', record)
    const more = attempt ? [attemptRecord(attempt, record.id)] : []
    const stored = await this.shelf.create(record, content, event, more)
    // Somebody else may be at it, too; the next proposal goes on with it.
    await this.shelf.tidy().catch(() => undefined)
    return this.view(stored, matter)
  }

  /** Whoever amends is an author from then on; what was decided has to be decided anew. */
  async amend(
    actor: Actor,
    id: string,
    version: number,
    amendment: Amendment,
  ): Promise<ToldChange> {
    const { operator } = actor
    const { stored, matter } = await this.undecided(operator, id, version)
    operator.require('editor', matter.key)
    const { record } = stored
    const authors = [...new Set([...record.authors, operator.user])]
    if (authors.length > MOST_AUTHORS)
      throw new Refusal(409, { detail: `${MOST_AUTHORS} people wrote this already` })
    const { content, differences } = await this.read(matter, amendment)
    const amended: ChangeRecord = {
      ...record,
      title: amendment.title,
      description: amendment.description ?? record.description,
      baseVersion: amendment.baseVersion,
      state: 'open',
      ...{ authors, differences, decision: null, applyAt: null, failure: '' },
      changedAt: this.now(),
      revision: record.revision + 1,
    }
    const event = this.event(actor, 'change-amended', record)
    return this.view(await this.shelf.replace(stored, amended, event, content), matter)
  }

  /** @param attempt one that was made before changes nothing */
  comment(actor: Actor, id: string, text: string, attempt?: Attempt): Promise<ToldChange> {
    const { operator } = actor
    return retried(async () => {
      const { stored, matter } = await this.seen(operator, id)
      const { record } = stored
      const isConcerned = operator.may('editor', matter.key) || operator.may('approver', matter.key)
      if (!isConcerned) operator.require('editor', matter.key)
      const before = attempt && record.thread.find((each) => each.attempt === attempt.id)
      if (before) {
        const told = await this.view(stored, matter)
        if (before.text !== text) throw calledAlike(told.view)
        return told
      }
      if (record.thread.length >= MOST_COMMENTS)
        throw new Refusal(409, { detail: `There are ${MOST_COMMENTS} comments already` })
      const at = this.now()
      const said = { by: operator.user, at, text, ...(attempt && { attempt: attempt.id }) }
      const commented = { ...record, thread: [...record.thread, said], changedAt: at }
      const event = this.event(actor, 'change-commented', record)
      return this.view(await this.shelf.replace(stored, commented, event), matter)
    })
  }

  async approve(
    actor: Actor,
    id: string,
    version: number,
    { comment = '', applyAt }: Verdict,
  ): Promise<ToldChange> {
    const { operator } = actor
    const { stored, matter } = await this.undecided(operator, id, version)
    const { record } = stored
    await this.checkApprover(operator, record, matter)
    const decision = { by: operator.user, at: this.now(), comment }
    const content = await this.shelf.content(id)
    if (typeof applyAt === 'string') {
      const at = this.timeOf(applyAt)
      checkApplicable(matter, content)
      const scheduled: ChangeRecord = {
        ...record,
        ...{ state: 'scheduled', applyAt: at, failure: '', decision, changedAt: decision.at },
      }
      const event = this.event(actor, 'change-scheduled', record)
      return this.view(await this.shelf.replace(stored, scheduled, event), matter)
    }
    const event = this.event(actor, 'change-approved', record)
    const applied = await this.apply(stored, content, matter, { decision, event })
    return this.view(applied, matter)
  }

  async reject(actor: Actor, id: string, version: number, comment: string) {
    const { operator } = actor
    const { stored, matter } = await this.undecided(operator, id, version)
    operator.require('approver', matter.key)
    const decision = { by: operator.user, at: this.now(), comment }
    return this.end(actor, 'rejected', { stored, matter }, decision)
  }

  async withdraw(actor: Actor, id: string, version: number) {
    const { operator } = actor
    const { stored, matter } = await this.undecided(operator, id, version)
    const isOwn = stored.record.authors.includes(operator.user)
    operator.require(isOwn ? 'editor' : 'administrator', matter.key)
    return this.end(actor, 'withdrawn', { stored, matter }, null)
  }

  /** Puts a change set into force, and waits until this process has heard of it. */
  async apply(
    stored: StoredChange,
    content: ChangeContent,
    matter: SubjectMatter,
    agreement: Agreement,
  ): Promise<StoredChange> {
    const applied = await this.applying.apply(stored, content, matter, agreement)
    const isGone = content.document === null
    await this.caughtUp(matter, isGone ? undefined : applied.record.applied?.version)
    return applied
  }

  /** Waits until this process has heard of a version, though not for long. */
  async caughtUp({ subject }: SubjectMatter, version: number | undefined): Promise<void> {
    await this.options.models.reached(subject, version, AbortSignal.timeout(CATCH_UP_MS))
  }

  private async end(
    actor: Actor,
    state: 'rejected' | 'withdrawn',
    { stored, matter }: SeenChange,
    decision: Decision | null,
  ): Promise<ToldChange> {
    const ended = { ...stored.record, state, decision, changedAt: this.now(), applyAt: null }
    const event = this.event(actor, `change-${state}`, stored.record)
    return this.view(await this.shelf.replace(stored, ended, event), matter)
  }

  /** @throws Refusal 403 for who may not put this into force */
  private async checkApprover(
    operator: Operator,
    { authors }: ChangeRecord,
    { key }: SubjectMatter,
  ): Promise<void> {
    const { value: policy } = await this.policies.of(key)
    const isOwn = authors.includes(operator.user)
    if (isOwn && policy.approvals === 'none') {
      operator.require('editor', key)
      return
    }
    operator.require('approver', key)
    if (isOwn) throw new Refusal(403, { detail: 'Somebody else has to approve what you wrote' })
  }

  private async read(
    matter: SubjectMatter,
    { baseVersion, document }: Pick<Proposal, 'baseVersion' | 'document'>,
  ): Promise<{ readonly content: ChangeContent; readonly differences: number }> {
    const read = matter.read(document)
    if ('problems' in read) throw this.invalid(read.problems)
    if (baseVersion !== null && (matter.version ?? -1) < baseVersion)
      await this.caughtUp(matter, baseVersion)
    const base = matter.current(read.content)
    if (matter.version !== baseVersion)
      throw new Refusal(409, {
        detail: `Version ${matter.version ?? 'none'} is there by now, not ${baseVersion ?? 'none'}`,
        current: { version: matter.version, document: base },
      })
    const { mistakes } = matter.judge(read.content)
    if (mistakes.length > 0) throw this.invalid(mistakes)
    const differences = matter.diff(base, read.content).length
    if (differences === 0) throw refusedField('/document', 'This is what is there already')
    return { content: { base, document: read.content }, differences }
  }

  private invalid(problems: Parameters<typeof fieldProblems>[0]): Refusal {
    const [first] = problems
    const detail = `The document is not valid: ${first?.path ?? ''} ${first?.message ?? ''}`
    return new Refusal(400, { detail, errors: fieldProblems(problems, '/document') })
  }

  private async seen(operator: Operator, id: string): Promise<SeenChange> {
    const stored = await this.shelf.find(id)
    const matter = stored && this.matterOf(stored.record.subject)
    // Whoever may not see it is not told that it is there.
    if (!stored || !matter || !operator.may('viewer', matter.key))
      throw new Refusal(404, { detail: 'There is no such change set' })
    const { baseVersion, state } = stored.record
    if (UNDECIDED.has(state) && baseVersion !== null && (matter.version ?? -1) < baseVersion)
      await this.caughtUp(matter, baseVersion)
    return { stored, matter }
  }

  private async undecided(operator: Operator, id: string, version: number): Promise<SeenChange> {
    const { stored, matter } = await this.seen(operator, id)
    const { state } = stored.record
    if (stored.version !== version) {
      const { view } = await this.view(stored, matter)
      throw changedMeanwhile(stored.version, view)
    }
    if (!UNDECIDED.has(state))
      throw new Refusal(409, { detail: `The change set is ${state} already` })
    return { stored, matter }
  }

  private timeOf(applyAt: string): string {
    const [now, time] = [this.options.clock.wallTimeMs(), Date.parse(applyAt)]
    if (!Number.isFinite(time)) throw refusedField('/applyAt', 'is no time of ISO 8601')
    if (time <= now) throw refusedField('/applyAt', 'is in the past')
    if (time > now + FARTHEST_SCHEDULE_MS)
      throw refusedField('/applyAt', 'is more than a year ahead')
    return new Date(time).toISOString()
  }

  private event({ operator, ip }: Actor, action: string, record: ChangeRecord): AuditEvent {
    const { id, title } = record
    const detail = `${id}: ${title}`
    return { by: operator.name, action, subject: this.keyOf(record), from: ip, detail }
  }

  private async view(stored: StoredChange, matter: SubjectMatter): Promise<ToldChange> {
    const content = await this.shelf.content(stored.record.id)
    return { version: stored.version, view: viewOf(stored, content, matter) }
  }

  private keyOf({ subject }: ChangeRecord): string {
    return this.matterOf(subject).key
  }

  private now(): string {
    return new Date(this.options.clock.wallTimeMs()).toISOString()
  }
}

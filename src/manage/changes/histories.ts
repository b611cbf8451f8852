import type { HistoryEntry, HistoryView, Subject } from '../api/changes.js'
import type { Operator } from '../http/access.js'
import { Refusal } from '../http/refusal.js'
import type { Attempt } from './attempts.js'
import { differencesOf } from './change-views.js'
import type { Actor, Changes, ToldChange } from './changes.js'
import type { HistoryContent, HistoryRecord } from './history-shelf.js'
import type { SubjectMatter } from './subject-matter.js'

/** Versions of the lists that may be taken back at once. */
const MOST_TAKEN_BACK = 1000

function entryOf({ authors, ...entry }: HistoryRecord): HistoryEntry {
  return { ...entry, authors: [...authors] }
}

type Lists = Readonly<Record<string, unknown>>

/** The histories as people read them, and the way back. */
export class Histories {
  private readonly changes: Changes

  constructor(changes: Changes) {
    this.changes = changes
  }

  /** @param before only older ones than this version */
  async entries(
    operator: Operator,
    subject: Subject,
    { before, limit }: { readonly before: number; readonly limit: number },
  ) {
    const matter = this.visible(operator, subject)
    const found = await this.changes.history.entries(matter.key, before, limit + 1)
    const items = found.slice(0, limit).map(entryOf)
    const last = items.at(-1)
    return { items, next: found.length > limit && last ? String(last.version) : null }
  }

  async view(operator: Operator, subject: Subject, version: number): Promise<HistoryView> {
    const { entry, content, matter } = await this.found(operator, subject, version)
    const { base, document } = content
    const isKnown = base !== undefined && document !== undefined
    return {
      ...entryOf(entry),
      document: document ?? null,
      diff: isKnown ? differencesOf(matter, base, document) : [],
    }
  }

  /** Proposes what was there in an earlier version. */
  async rollBack(
    actor: Actor,
    { subject, version }: { readonly subject: Subject; readonly version: number },
    attempt?: Attempt,
  ): Promise<ToldChange> {
    const { operator } = actor
    const { entry, content, matter } = await this.found(operator, subject, version)
    operator.require('editor', matter.key)
    const made = await this.changes.made(operator, attempt)
    if (made) return made
    const document =
      subject.kind === 'lists' ? await this.listsAt(matter, version) : content.document
    const isThere = matter.diff(matter.current(document), document).length === 0
    if (isThere) throw new Refusal(409, { detail: `Version ${version} is what is there already` })
    const proposal = {
      subject,
      title: `Back to version ${version}`,
      description: `Back to version ${version} of ${entry.at}: ${entry.title}`,
      baseVersion: matter.version,
      document,
    }
    return this.changes.propose(actor, proposal, attempt)
  }

  /** Every list that has changed since a version, as it was then. */
  private async listsAt({ key }: SubjectMatter, version: number): Promise<Lists> {
    const { history } = this.changes
    const { head } = await history.head(key)
    const newest = head?.newest ?? version
    if (newest - version > MOST_TAKEN_BACK)
      throw new Refusal(409, { detail: `More than ${MOST_TAKEN_BACK} versions lie between` })
    const lists = new Map<string, unknown>()
    for (let at = version + 1; at <= newest; at++) {
      const content = await history.content(key, at)
      if (content && content.base === undefined)
        throw new Refusal(409, {
          detail: `Nobody saw what version ${at} changed, so what was there before is not known`,
        })
      for (const [name, list] of Object.entries((content?.base ?? {}) as Lists))
        if (!lists.has(name)) lists.set(name, list)
    }
    return Object.fromEntries(lists)
  }

  private async found(
    operator: Operator,
    subject: Subject,
    version: number,
  ): Promise<{ entry: HistoryRecord; content: HistoryContent; matter: SubjectMatter }> {
    const matter = this.visible(operator, subject)
    const { history } = this.changes
    const [entry, content] = await Promise.all([
      history.entry(matter.key, version),
      history.content(matter.key, version),
    ])
    if (!entry || !content) throw new Refusal(404, { detail: 'There is no such version' })
    return { entry, content, matter }
  }

  private visible(operator: Operator, subject: Subject): SubjectMatter {
    const matter = this.changes.matterOf(subject)
    operator.require('viewer', matter.key)
    return matter
  }
}

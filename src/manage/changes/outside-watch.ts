import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { Bell, pause } from '../../core/wait.js'
import type { NamespacedList } from '../../model/document.js'
import { diffLists } from '../../model/diff.js'
import { writeLists, writeModel } from '../../model/write-model.js'
import type { ModelName, RecordStore } from '../../store/record-store.js'
import type { Log } from '../../telemetry/log.js'
import type { Subject } from '../api/changes.js'
import type { ModelBook } from '../models/model-book.js'
import type { Changes } from './changes.js'
import type { Addition, HistoryHead } from './history-shelf.js'
import type { SubjectMatter } from './subject-matter.js'

/** A version that came with an approval has its entry before anybody hears of it; this is for those that hear in another order. */
const SETTLE_MS = 1000

/** After a loss of the store. */
const RETRY_MS = 5000

/** A process that is busy hears late of what another has approved; a store that counts anew stays behind the history. */
const LONGEST_LAG_MS = 30_000

/** Versions of the lists that are remembered, to tell what changed. */
const MOST_REMEMBERED = 8

const TITLE = 'Changed outside of management'
const FIRST = 'Found when management began to look'
const REMOVED = 'Removed outside of management'

/** What watching for versions from outside needs. */
export interface OutsideWatchOptions {
  readonly store: RecordStore
  readonly models: ModelBook
  readonly changes: Changes
  readonly clock: Clock
  readonly log: Log
}

function byName(lists: readonly NamespacedList[], names: readonly string[]) {
  const known = new Map(lists.map((list) => [list.name, list]))
  return Object.fromEntries(
    names.map((name) => {
      const list = known.get(name)
      return [name, list ? writeLists([list])[0] : null]
    }),
  )
}

/** Enters versions into the histories that came by another way than approval: files that were edited, other tools. */
export class OutsideWatch {
  private readonly options: OutsideWatchOptions
  private readonly waiting = new Map<string, Subject>()
  private readonly lists = new Map<number, readonly NamespacedList[]>()
  /** By subject, since when the version that is known has been older than that of the history; clock time. */
  private readonly behind = new Map<string, number>()
  private readonly bell = new Bell()
  private readonly running = new AbortController()
  private leave = (): void => {}

  constructor(options: OutsideWatchOptions) {
    this.options = options
  }

  start(): void {
    const { models } = this.options
    this.leave = models.onChange((changed) => this.note(changed))
    for (const name of models.names()) this.note({ kind: 'application', name })
    if (models.lists) this.note({ kind: 'lists' })
    void this.run(this.running.signal)
  }

  stop(): void {
    this.leave()
    this.running.abort()
    this.bell.ring()
  }

  private note(changed: ModelName): void {
    const { lists } = this.options.models
    if (changed.kind === 'lists' && lists) {
      this.lists.set(lists.version, lists.content)
      for (const old of this.lists.keys())
        if (this.lists.size > MOST_REMEMBERED) this.lists.delete(old)
    }
    if (changed.kind === 'lists') this.waiting.set('lists', { kind: 'lists' })
    else
      this.waiting.set(`application:${changed.name}`, { kind: 'application', name: changed.name })
    this.bell.ring()
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options
    for (;;) {
      await this.bell.rung()
      await pause(clock, SETTLE_MS, signal)
      for (const [key, subject] of [...this.waiting]) {
        if (signal.aborted) return
        this.waiting.delete(key)
        if (await this.isSettled(subject)) continue
        this.waiting.set(key, subject)
        await pause(clock, RETRY_MS, signal)
        this.bell.ring()
      }
      if (signal.aborted) return
    }
  }

  /** Looks at one history; false when it has to be looked at again. */
  private async isSettled(subject: Subject): Promise<boolean> {
    try {
      return await this.look(subject)
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      // Somebody else has entered something at the same time.
      if (error.code !== 'STORE_CONFLICT')
        this.options.log.warn(
          { code: error.code, reason: error.message },
          'history cannot be written',
        )
      return false
    }
  }

  /** @returns false while another version may still be heard of */
  private async look(subject: Subject): Promise<boolean> {
    const { changes, store } = this.options
    const matter = changes.matterOf(subject)
    const { head } = await changes.history.head(matter.key)
    if (this.isLagging(matter, head)) return false
    if ((head?.modelVersion ?? null) === matter.version) return true
    const addition =
      subject.kind === 'lists' ? this.ofLists(head) : await this.ofApplication(subject.name, head)
    if (!addition) return true
    const { records } = await changes.history.place(matter.key, addition)
    await store.commit({ records })
    return true
  }

  private isLagging({ key, version }: SubjectMatter, head: HistoryHead | undefined): boolean {
    const { clock } = this.options
    const told = head?.modelVersion ?? null
    if (told === null || version === null || version >= told) {
      this.behind.delete(key)
      return false
    }
    const since = this.behind.get(key) ?? clock.now()
    this.behind.set(key, since)
    return clock.now() - since < LONGEST_LAG_MS
  }

  private entry(title: string, differences: number): Addition['entry'] {
    const at = new Date(this.options.clock.wallTimeMs()).toISOString()
    return { at, title, authors: [], approver: null, change: null, differences }
  }

  private ofLists(head: HistoryHead | undefined): Addition | undefined {
    const { lists } = this.options.models
    if (!lists) return undefined
    const modelVersion = lists.version
    if (!head)
      return { entry: this.entry(FIRST, 0), content: { base: {}, document: {} }, modelVersion }
    const before = this.lists.get(head.modelVersion ?? -1)
    if (!before) return { entry: this.entry(TITLE, 0), content: {}, modelVersion }
    const names = diffLists(before, lists.content).map(({ what }) => what.slice('list '.length))
    const content = { base: byName(before, names), document: byName(lists.content, names) }
    return { entry: this.entry(TITLE, names.length), content, modelVersion }
  }

  private async ofApplication(
    name: string,
    head: HistoryHead | undefined,
  ): Promise<Addition | undefined> {
    const { models, changes } = this.options
    const known = models.get(name)
    // What cannot be read has no document to enter; it is told of the application.
    if (known && !known.model) return undefined
    const document = known?.model ? writeModel(known.model) : null
    const modelVersion = known?.version ?? null
    if (!head) {
      if (document === null) return undefined
      return { entry: this.entry(FIRST, 0), content: { base: document, document }, modelVersion }
    }
    const matter = changes.matterOf({ kind: 'application', name })
    const base = (await changes.history.content(matter.key, head.newest))?.document ?? null
    const differences = matter.diff(base, document).length
    const title = document === null ? REMOVED : TITLE
    return { entry: this.entry(title, differences), content: { base, document }, modelVersion }
  }
}

import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Difference } from '../../../../src/model/diff.js'
import type { Conflict } from '../../../../src/model/merge.js'
import type { DocumentKind } from './document-kind.js'
import { decided, draftOf, rebased, type Amended, type Draft, type Stored } from './draft.js'
import { edited, redone, undone } from './edit-history.js'
import { isEdited, joined } from './joined.js'

/** Where drafts outlive the page. */
export interface DraftKeeper {
  /** Undefined when there is none. */
  readonly load: (subject: string) => Promise<unknown>
  /**
   * Keeps a draft, or none, in place of the one with this edition. Where another one is there by now, or none any more, it stays
   * as it is and is what is resolved with.
   */
  readonly replace: (
    subject: string,
    draft: { readonly edition: string } | undefined,
    edition: string | undefined,
  ) => Promise<{ readonly other: unknown } | undefined>
}

/** A draft as it is kept, as far as this window knows. */
interface Known<Content> {
  /** One and the same object as is edited, while nothing is edited since. */
  readonly draft: Draft<Content> | undefined
  readonly edition: string | undefined
}

function newEdition(): string {
  return `${Date.now()} ${Math.random()}`
}

/** Only workspaces have drafts kept, each of its own kind. */
function asDraft<Content>(kept: unknown): Draft<Content> | undefined {
  return kept as Draft<Content> | undefined
}

/** What became of one's edits when something newer is stored. */
export type Taken = 'nothing' | 'merged' | 'conflict' | 'the same'

/** A document as one sees and edits it: what is stored, and one's own draft upon it. */
export class Workspace<Content> {
  /** `application:shop`, or `lists`. */
  readonly subject: string
  readonly kind: DocumentKind<Content>
  /** Undefined until it was loaded. */
  readonly content: ReadonlySignal<Content | undefined>
  readonly base: ReadonlySignal<Content | undefined>
  /** What is edited, compared with what the edit began with. */
  readonly differences: ReadonlySignal<readonly Difference[]>
  readonly draft: ReadonlySignal<Draft<Content> | undefined>
  readonly stored: ReadonlySignal<Stored<Content> | undefined>
  private readonly keeper: DraftKeeper
  private readonly ownDraft = signal<Draft<Content> | undefined>(undefined)
  private readonly ownStored = signal<Stored<Content> | undefined>(undefined)
  /** Writes follow one another, so that the last one is the one that stays. */
  private writing: Promise<void> = Promise.resolve()
  private known: Known<Content> = { draft: undefined, edition: undefined }

  constructor(subject: string, kind: DocumentKind<Content>, keeper: DraftKeeper) {
    this.subject = subject
    this.kind = kind
    this.keeper = keeper
    this.draft = this.ownDraft
    this.stored = this.ownStored
    this.content = computed(
      () => this.ownDraft.value?.history.present ?? this.ownStored.value?.content,
    )
    this.base = computed(() => (this.ownDraft.value?.base ?? this.ownStored.value)?.content)
    this.differences = computed(() => {
      const draft = this.ownDraft.value
      return draft ? kind.diff(draft.base.content, draft.history.present) : []
    })
  }

  /** Takes up the draft that is kept, by this window or another one, if there is one; to be awaited before `take`. */
  restore(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const before = this.ownDraft.value
      const kept = asDraft<Content>(await this.keeper.load(this.subject))
      // What is edited meanwhile is joined with it when it is written.
      if (before !== this.known.draft || before !== this.ownDraft.value) return
      this.known = { draft: kept, edition: kept?.edition }
      this.ownDraft.value = kept
    })
    return this.writing
  }

  /** Takes what is stored by now, and brings the draft upon it. */
  take(stored: Stored<Content>): Taken {
    const draft = this.ownDraft.value
    const before = draft?.conflicts.length ?? 0
    const next = draft && rebased(draft, stored, this.kind)
    batch(() => {
      this.ownStored.value = stored
      if (next !== draft) this.keep(next)
    })
    if (!draft || !next || next === draft) return 'nothing'
    if (this.differences.value.length === 0 && next.conflicts.length === 0) {
      this.discard()
      return 'the same'
    }
    return next.conflicts.length > before ? 'conflict' : 'merged'
  }

  /**
   * Edits the document.
   * @param field where, so that typing on in it is one step
   */
  edit(update: (content: Content) => Content, field = ''): void {
    const draft = this.ownDraft.value ?? this.begun()
    if (!draft) return
    const history = edited(draft.history, update(draft.history.present), field)
    if (history !== draft.history) this.keep({ ...draft, history })
  }

  /** Begins a document that is not stored. */
  create(content: Content): void {
    if (!this.ownDraft.value) this.keep(draftOf({ version: null, content: undefined }, content))
  }

  /** Edits what an open change set proposes, in order to replace it. */
  amend(base: Stored<Content>, content: Content, amends: Amended): void {
    const draft = draftOf(base, base.content ?? content)
    const changed = { ...draft, history: edited(draft.history, content), amends }
    const stored = this.ownStored.value
    this.keep(stored ? rebased(changed, stored, this.kind) : changed)
  }

  undo(): void {
    const draft = this.ownDraft.value
    if (draft) this.keep({ ...draft, history: undone(draft.history) })
  }

  redo(): void {
    const draft = this.ownDraft.value
    if (draft) this.keep({ ...draft, history: redone(draft.history) })
  }

  decide(conflict: Conflict, side: 'ours' | 'theirs'): void {
    const draft = this.ownDraft.value
    if (draft) this.keep(decided(draft, conflict, side, this.kind))
  }

  /** Proposes the draft as soon as the service can be reached; null for not any more. */
  queue(queued: Draft<Content>['queued']): void {
    const draft = this.ownDraft.value
    if (draft) this.keep({ ...draft, queued })
  }

  /** From now on the draft amends another change, or none. */
  attach(amends: Amended | null): void {
    const draft = this.ownDraft.value
    if (draft) this.keep({ ...draft, amends })
  }

  /** What the draft is sent in, kept before it is: what has arrived is told from what has not, also by the next page. */
  async sending(attempt: string): Promise<void> {
    const draft = this.ownDraft.value
    if (draft) this.keep({ ...draft, attempt })
    await this.writing
  }

  /** Gives the edits up. Gives what takes that back. */
  discard(): () => void {
    const draft = this.ownDraft.value
    this.keep(undefined)
    return () => {
      if (draft && !this.ownDraft.value) this.keep(draft)
    }
  }

  /** Resolves when everything so far is kept. */
  settled(): Promise<void> {
    return this.writing
  }

  private begun(): Draft<Content> | undefined {
    const stored = this.ownStored.value
    return stored?.content === undefined ? undefined : draftOf(stored, stored.content)
  }

  private keep(draft: Draft<Content> | undefined): void {
    this.ownDraft.value = draft
    this.writing = this.writing.then(() => this.write())
  }

  /** Keeps what is edited by now, with what another window has kept meanwhile. */
  private async write(): Promise<void> {
    while (this.ownDraft.value !== this.known.draft) {
      const draft = this.ownDraft.value
      const edition = draft && newEdition()
      const kept = draft && edition !== undefined ? { ...draft, edition } : undefined
      const found = await this.keeper.replace(this.subject, kept, this.known.edition)
      if (found) this.join(asDraft<Content>(found.other))
      else this.known = { draft, edition }
    }
  }

  private join(theirs: Draft<Content> | undefined): void {
    const { draft: common } = this.known
    const ours = this.ownDraft.value
    this.known = { draft: theirs, edition: theirs?.edition }
    const last = ours ?? theirs
    // One window ended the draft: that holds, unless the other has edited since.
    if (last && (!ours || !theirs))
      this.ownDraft.value = isEdited(common, last, this.kind) ? last : undefined
    else if (ours && theirs) this.ownDraft.value = joined(common, ours, theirs, this.kind)
  }
}

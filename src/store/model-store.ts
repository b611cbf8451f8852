import type { PointsmanError } from '../core/errors.js'
import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
  StackHosts,
} from '../model/document.js'
import type { StackRemoval } from '../model/stack-removal.js'

/** Something that is stored, in the version that it has by now. */
export interface Versioned<Content> {
  /** Counts up with each change, from 0. */
  readonly version: number
  readonly content: Content
}

/** What is told of an application that was kept from an earlier run. */
export interface KeptFrom {
  readonly lists: readonly NamespacedList[]
  /** Milliseconds since 1970-01-01 UTC. */
  readonly savedAtMs: number
}

/** What a store has to tell of what it keeps. */
export type StoreNews =
  | {
      readonly kind: 'application'
      readonly name: string
      readonly stored: Versioned<ApplicationModel>
      /** Set for one that was kept from an earlier run: it served then, with these lists. */
      readonly kept?: KeptFrom
    }
  /** What is stored of an application cannot be read as a model; the last one that could stays valid. */
  | {
      readonly kind: 'broken'
      readonly name: string
      readonly version: number
      readonly problems: readonly DocumentProblem[]
    }
  | { readonly kind: 'removed'; readonly name: string }
  | { readonly kind: 'lists'; readonly stored: Versioned<readonly NamespacedList[]> }
  /** Hosts that were stored with an application; they serve until a live source knows better. */
  | { readonly kind: 'hosts'; readonly name: string; readonly stacks: readonly StackHosts[] }
  /** An operator wants the hosts of a static application to be read again. */
  | { readonly kind: 'reload-hosts'; readonly name: string }
  /** Everything that was there at the start has been told. */
  | { readonly kind: 'complete' }

/** Keeps the models of all applications, and the lists that they share. */
export interface ModelStore {
  /**
   * Tells first everything that is there, then each change; a state that was overtaken may be left out. What was not told
   * before `complete` is not there.
   * @param signal when it aborts, the iteration ends without an error
   * @throws PointsmanError STORE_LOST when the store cannot go on; `watch` may then be called anew
   */
  watch(signal: AbortSignal): AsyncIterable<StoreNews>
  /**
   * Writes a model, or nothing.
   * @param version the one that is replaced; undefined for an application that is not there yet
   * @returns its new version
   * @throws PointsmanError STORE_CONFLICT when another version is there; STORE_LOST when it is unknown whether it was written,
   * or it was not
   */
  writeApplication(
    name: string,
    model: ApplicationModel,
    version: number | undefined,
  ): Promise<number>
  /** As `writeApplication`; undefined when there never were lists. */
  writeLists(lists: readonly NamespacedList[], version: number | undefined): Promise<number>
  /** As `writeApplication`; what was removed is kept in the history where the store has one. */
  removeApplication(name: string, version: number): Promise<void>
}

/** Keeps the hosts that are known of applications without a live source, and has those of others read again; both stores do. */
export interface HostStore {
  /**
   * Replaces the hosts that are stored with an application, which need not be there yet.
   * @throws PointsmanError STORE_LOST when it is unknown whether they were written, or they were not
   */
  writeHosts(name: string, stacks: readonly StackHosts[]): Promise<void>
  /**
   * Has everybody who watches told `reload-hosts`; whoever begins to watch later is not.
   * @throws PointsmanError STORE_LOST when it is unknown whether they will be told, or they will not
   */
  reloadHosts(name: string): Promise<void>
  /**
   * Leaves a stack out of those that are stored with an application, unless it has hosts there.
   * @throws PointsmanError STORE_LOST, STORE_CONFLICT, STORE_BROKEN
   */
  removeStack(name: string, path: string): Promise<StackRemoval>
}

/** Something that a store depends on went wrong or is well again; told once per change. */
export interface StoreTransition {
  /** What it is: `history/applications/shop/12.json`, `store`. */
  readonly subject: string
  /** What is wrong; undefined when it is well again. */
  readonly error: PointsmanError | undefined
}

/** Takes what a store has to tell of itself; must not throw. */
export type StoreReport = (transition: StoreTransition) => void

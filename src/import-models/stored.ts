import type { ApplicationModel, NamespacedList, StackHosts } from '../model/document.js'
import type { FileNote } from '../model/legacy/backup-folder.js'
import type { ModelStore, Versioned } from '../store/model-store.js'
import { newsOfAll } from '../store/whole-store.js'

/** What a store keeps. */
export interface Stored {
  readonly models: ReadonlyMap<string, Versioned<ApplicationModel>>
  readonly hosts: ReadonlyMap<string, readonly StackHosts[]>
  /** Undefined when there never were any. */
  readonly lists: Versioned<readonly NamespacedList[]> | undefined
  /** Of what cannot be read. */
  readonly notes: readonly FileNote[]
}

/**
 * Everything that a store keeps.
 * @throws PointsmanError STORE_LOST when it does not tell it
 */
export async function storedIn(store: Pick<ModelStore, 'watch'>): Promise<Stored> {
  const models = new Map<string, Versioned<ApplicationModel>>()
  const hosts = new Map<string, readonly StackHosts[]>()
  const notes: FileNote[] = []
  let lists: Stored['lists']
  for (const news of await newsOfAll(store)) {
    if (news.kind === 'application') models.set(news.name, news.stored)
    if (news.kind === 'hosts') hosts.set(news.name, news.stacks)
    if (news.kind === 'lists') lists = news.stored
    if (news.kind === 'broken')
      notes.push(...news.problems.map((problem) => ({ file: news.name, ...problem })))
  }
  return { models, hosts, lists, notes }
}

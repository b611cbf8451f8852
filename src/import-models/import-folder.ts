import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import type { NamespacedList } from '../model/document.js'
import type { BackedUpApplication } from '../model/legacy/backup-folder.js'
import { validateModel } from '../model/validate.js'
import { lineOf } from '../store/legacy-folder.js'
import type { HostStore, ModelStore } from '../store/model-store.js'
import type { ModelFolder } from './model-folder.js'
import { storedIn, type Stored } from './stored.js'

/** What came of an import, in lines for people. */
export interface Imported {
  /** What is in the store now. */
  readonly done: readonly string[]
  /** What is missing, was changed, or will be refused. */
  readonly noted: readonly string[]
  /** What could not be written. */
  readonly failed: readonly string[]
}

/** Puts what a folder holds into a store; what is the same there already stays as it is. */
class Import {
  readonly done: string[] = []
  readonly noted: string[] = []
  readonly failed: string[] = []
  private readonly store: ModelStore & HostStore
  private readonly stored: Stored

  constructor(store: ModelStore & HostStore, stored: Stored) {
    this.store = store
    this.stored = stored
  }

  /** @returns all lists that are in the store then */
  async lists(lists: readonly NamespacedList[]): Promise<readonly NamespacedList[]> {
    const before = this.stored.lists
    const names = new Set(lists.map(({ name }) => name))
    const others = before?.content.filter(({ name }) => !names.has(name)) ?? []
    const all = [...others, ...lists]
    const isSame = isDeepStrictEqual(byName(all), byName(before?.content ?? []))
    if (lists.length > 0)
      await this.attempt(`${lists.length} lists`, isSame, () =>
        this.store.writeLists(all, before?.version),
      )
    return all
  }

  async application(
    { name, model, hosts }: BackedUpApplication,
    lists: readonly NamespacedList[],
  ): Promise<void> {
    const before = this.stored.models.get(name)
    const counts = `${model.rules.length} rules, ${model.urlRules.length} URL rules`
    await this.attempt(`${name}: ${counts}`, isDeepStrictEqual(before?.content, model), () =>
      this.store.writeApplication(name, model, before?.version),
    )
    for (const { path, message, code } of validateModel(model, { lists }))
      this.noted.push(`${name} ${path}: ${message} (${code}); a gateway will refuse the model`)
    if (hosts.length === 0) return
    const count = hosts.reduce((sum, stack) => sum + stack.hosts.length, 0)
    const isSame = isDeepStrictEqual(this.stored.hosts.get(name), hosts)
    await this.attempt(`${name}: ${count} hosts on ${hosts.length} stacks`, isSame, () =>
      this.store.writeHosts(name, hosts),
    )
  }

  private async attempt(
    what: string,
    isSame: boolean,
    write: () => Promise<unknown>,
  ): Promise<void> {
    try {
      const version = isSame ? undefined : await write()
      const words = typeof version === 'number' ? `, version ${version}` : ''
      this.done.push(isSame ? `${what}, unchanged` : `${what}${words}`)
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      this.failed.push(`${what}: ${error.message} (${error.code})`)
    }
  }
}

function byName(lists: readonly NamespacedList[]): readonly NamespacedList[] {
  return [...lists].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Puts what a folder holds into a store. What the store has beyond that stays; so it may be done again.
 * @throws PointsmanError when the store does not tell what it keeps
 */
export async function importFolder(
  folder: ModelFolder,
  store: ModelStore & HostStore,
): Promise<Imported> {
  const work = new Import(store, await storedIn(store))
  work.noted.push(...folder.notes.map(lineOf))
  const lists = await work.lists(folder.lists)
  for (const application of folder.applications) await work.application(application, lists)
  return work
}

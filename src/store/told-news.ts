import type { ApplicationModel, NamespacedList } from '../model/document.js'
import type { Sight } from './kept-document.js'
import type { StoreNews } from './model-store.js'

/** What one watch has told, so that nothing is told twice. */
export class ToldNews {
  private readonly versions = new Map<string, number>()
  /** By application, what is wrong with its file. */
  private readonly complaints = new Map<string, string>()
  private listsVersion = -1

  /** What is new about an application. */
  application(name: string, sight: Sight<ApplicationModel>): readonly StoreNews[] {
    const isMended = sight.problems.length === 0 && this.complaints.delete(name)
    return [...this.state(name, sight, isMended), ...this.complaint(name, sight)]
  }

  /** What is new about the lists. */
  lists({ version, content = [] }: Sight<readonly NamespacedList[]>): readonly StoreNews[] {
    if (version === this.listsVersion) return []
    this.listsVersion = version
    return [{ kind: 'lists', stored: { version, content } }]
  }

  private state(
    name: string,
    { version, content }: Sight<ApplicationModel>,
    isMended: boolean,
  ): readonly StoreNews[] {
    if (content === undefined)
      return this.versions.delete(name) || isMended ? [{ kind: 'removed', name }] : []
    if (this.versions.get(name) === version && !isMended) return []
    this.versions.set(name, version)
    return [{ kind: 'application', name, stored: { version, content } }]
  }

  private complaint(
    name: string,
    { version, problems }: Sight<ApplicationModel>,
  ): readonly StoreNews[] {
    const words = JSON.stringify(problems)
    if (problems.length === 0 || this.complaints.get(name) === words) return []
    this.complaints.set(name, words)
    return [{ kind: 'broken', name, version: version + 1, problems }]
  }
}

import { compileApplication, type Compiled } from '../../model/compile.js'
import type { ApplicationModel, NamespacedList } from '../../model/document.js'
import { EVEN_CHANCE } from '../../model/trial.js'

/** The ones that were asked for last. */
const MOST_KEPT = 20

interface Kept {
  readonly model: ApplicationModel
  readonly lists: readonly NamespacedList[]
  readonly compiled: Compiled
}

/** Models made ready to decide, kept for as long as they are the same. */
export class CompiledModels {
  private readonly kept = new Map<string, Kept>()

  /** @param lists those that there are */
  of(name: string, model: ApplicationModel, lists: readonly NamespacedList[]): Compiled {
    const known = this.kept.get(name)
    this.kept.delete(name)
    const isSame = known?.model === model && known.lists === lists
    const compiled = isSame ? known.compiled : compileApplication(model, lists, EVEN_CHANCE)
    this.kept.set(name, { model, lists, compiled })
    const [oldest] = this.kept.keys()
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest)
    return compiled
  }
}

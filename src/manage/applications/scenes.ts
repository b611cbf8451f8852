import type { ApplicationModel, NamespacedList, StackHosts } from '../../model/document.js'
import type { Samples, Scene } from '../../model/impact-samples.js'
import { listsOf } from '../../model/lists-of.js'
import type { ImpactView } from '../api/changes.js'
import type { Operator } from '../http/access.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import { visibleFacts, type ApplicationWork } from './routes.js'
import { impactOf } from './trial.js'

/** Applications that a change of lists is looked at for. */
const MOST_COMPARED = 20

/** Models as they are, and as change sets would have them. */
export class Scenes {
  private readonly services: ManageServices
  private readonly work: ApplicationWork

  constructor(services: ManageServices, work: ApplicationWork) {
    this.services = services
    this.work = work
  }

  /** Those that there are. */
  get lists(): readonly NamespacedList[] {
    return this.services.models.lists?.content ?? []
  }

  /** @throws Refusal 404 */
  current(operator: Operator, name: string): Scene {
    const { known } = visibleFacts(operator, name, this.services, this.work)
    if (!known.model) throw new Refusal(409, { detail: `The model of ${name} cannot be read` })
    return { model: known.model, lists: this.lists }
  }

  /** As it would be with a change set. */
  async proposed(operator: Operator, name: string, change: string | undefined): Promise<Scene> {
    if (change === undefined) return this.current(operator, name)
    const { document, matter } = await this.work.changes.content(operator, change)
    const written = matter.write(document)
    if (written.kind === 'lists') return { ...this.current(operator, name), lists: written.lists }
    if (written.name !== name || !written.model)
      throw new Refusal(409, { detail: `The change set has no model of ${name}` })
    return { model: written.model, lists: this.lists }
  }

  /** The model that is there; undefined when there is none that can be read. */
  model(name: string): ApplicationModel | undefined {
    return this.services.models.get(name)?.model
  }

  hosts(name: string): readonly StackHosts[] {
    return this.services.models.hosts(name)?.stacks ?? []
  }

  /** What a change of lists would do to the applications that use them. */
  async impactOfLists(
    operator: Operator,
    after: readonly NamespacedList[],
    changed: ReadonlySet<string>,
    samples: Samples | undefined,
  ): Promise<ImpactView> {
    const { models } = this.services
    const concerned = models.names().filter((name) => {
      const model = models.get(name)?.model
      const isUsed = model && [...listsOf(model)].some((list) => changed.has(list))
      return isUsed && operator.may('viewer', `application:${name}`)
    })
    const all: ImpactView[] = []
    for (const name of concerned.slice(0, MOST_COMPARED)) {
      const before = this.current(operator, name)
      const stacks = this.hosts(name)
      all.push(await impactOf({ before, after: { ...before, lists: after }, stacks }, samples))
    }
    const names = concerned.join(', ') || 'no application'
    return {
      samples: all.reduce((sum, each) => sum + each.samples, 0),
      origin: samples ? 'given' : 'generated',
      moved: all.reduce((sum, each) => sum + each.moved, 0),
      examples: all.flatMap(({ examples }) => examples).slice(0, MOST_COMPARED),
      slices: [],
      minimumHosts: { isMet: true, detail: `lists change no hosts; they are used by ${names}` },
    }
  }
}

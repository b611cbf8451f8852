import type { Director } from '../core/director.js'
import { PointsmanError } from '../core/errors.js'
import type { CompiledApplication } from './decision.js'
import type { DocumentProblem } from './document.js'
import type { ModelNews, ServedModel } from './served-model.js'
import { SteeredApplication } from './steered-application.js'

/** Makes a model ready to decide, or says why that cannot be done. */
export type Compile = (
  served: ServedModel,
) =>
  { readonly application: CompiledApplication } | { readonly problems: readonly DocumentProblem[] }

/** Why there is nothing that could steer: nobody has heard of the application, or nothing of it can be served yet. */
export type Absence = 'unknown' | 'not-ready'

/** The applications that one data plane steers by. */
export class Applications {
  /** To be set before the first model comes. */
  compile: Compile | undefined
  /** Undefined for those that have no model that could be served. */
  private readonly steered = new Map<string, SteeredApplication | undefined>()
  private complete = false
  private readonly director: Director

  /** @param director has the hosts */
  constructor(director: Director) {
    this.director = director
  }

  /** Whether everything that there is has been told, so that who is not known is unknown. */
  get isComplete(): boolean {
    return this.complete
  }

  get(name: string): SteeredApplication | Absence {
    const application = this.steered.get(name)
    if (application) return application
    return this.steered.has(name) || !this.complete ? 'not-ready' : 'unknown'
  }

  /** Takes all there is; what is not in it is gone. */
  apply(news: readonly ModelNews[]): void {
    const named = new Set(news.map((each) => (each.kind === 'model' ? each.name : '')))
    for (const name of this.steered.keys()) if (!named.has(name)) this.steered.delete(name)
    for (const each of news) this.take(each)
  }

  /** Takes what is new, between two requests. */
  take(news: ModelNews): void {
    if (news.kind === 'complete') this.complete = true
    else if (news.kind === 'removed') this.steered.delete(news.name)
    else this.steered.set(news.name, news.served && this.steeredBy(news.name, news.served))
  }

  private steeredBy(name: string, served: ServedModel): SteeredApplication {
    const known = this.steered.get(name)
    if (known?.served === served) return known
    const compiled = this.compile?.(served)
    // Whoever tells of a model has compiled it already.
    if (!compiled || 'problems' in compiled)
      throw new PointsmanError('INTERNAL', `The model of ${name} cannot be compiled`)
    return new SteeredApplication(name, served, compiled.application, this.director)
  }
}

import { compileApplication } from '../../model/compile.js'
import { diffModels } from '../../model/diff.js'
import type { ApplicationModel, DocumentProblem, NamespacedList } from '../../model/document.js'
import { mergeModels, type Merged } from '../../model/merge.js'
import { patternProblem } from '../../model/match.js'
import { hostShortages } from '../../model/minimum-hosts.js'
import { readModel, type Read } from '../../model/read-model.js'
import { EVEN_CHANCE } from '../../model/trial.js'
import { validateChange } from '../../model/validate-change.js'
import { validateModel } from '../../model/validate.js'
import { writeModel } from '../../model/write-model.js'
import type { ModelWrite } from '../../store/record-store.js'
import type { ModelBook } from '../models/model-book.js'
import type { Judgement, SubjectMatter } from './subject-matter.js'

/**
 * The model that a document says.
 * @throws Error for one that was not looked at before; undefined for null
 */
export function modelIn(document: unknown): ApplicationModel | undefined {
  if (document === null || document === undefined) return undefined
  const read = readModel(document)
  if ('content' in read) return read.content
  throw new Error(`A kept document cannot be read: ${JSON.stringify(read.problems[0])}`)
}

function documentOf(model: ApplicationModel | undefined): unknown {
  return model ? writeModel(model) : null
}

/** A change of an application. */
export class ApplicationMatter implements SubjectMatter {
  readonly subject
  readonly key
  private readonly name: string
  private readonly models: ModelBook

  constructor(name: string, models: ModelBook) {
    this.subject = { kind: 'application', name } as const
    this.key = `application:${name}` as const
    this.name = name
    this.models = models
  }

  get version(): number | null {
    return this.models.get(this.name)?.version ?? null
  }

  read(document: unknown): Read<unknown> {
    if (document === null) return { content: null }
    const read = readModel(document)
    return 'content' in read ? { content: writeModel(read.content) } : read
  }

  current(): unknown {
    return documentOf(this.model)
  }

  diff(before: unknown, after: unknown) {
    return diffModels(modelIn(before), modelIn(after))
  }

  merge(base: unknown, ours: unknown, theirs: unknown): Merged<unknown> {
    const { content, conflicts } = mergeModels(modelIn(base), modelIn(ours), modelIn(theirs))
    return { content: documentOf(content), conflicts }
  }

  judge(document: unknown): Judgement {
    const model = modelIn(document)
    if (!model) return { mistakes: [], obstacles: [], warnings: [] }
    const { lists } = this
    const before = this.model
    const change = before ? validateChange(before, model) : []
    const isInvalid = change.length + validateModel(model, { lists }).length > 0
    if (isInvalid) {
      // What compiling would say of patterns is told with the rest.
      const mistakes = [...validateModel(model, { lists, patternProblem }), ...change]
      return { mistakes, obstacles: [], warnings: [] }
    }
    const compiled = compileApplication(model, lists, EVEN_CHANCE)
    if ('problems' in compiled) return { mistakes: compiled.problems, obstacles: [], warnings: [] }
    const stacks = this.models.hosts(this.name)?.stacks ?? []
    const shortages = hostShortages(model, stacks)
    // As gateways do: where nothing is lost, nothing is in the way.
    const isWorse = before !== undefined && hostShortages(before, stacks).length === 0
    const doubtful = [...this.missingHosts(model), ...compiled.application.warnings]
    return {
      mistakes: [],
      obstacles: isWorse ? shortages : [],
      warnings: isWorse ? doubtful : [...shortages, ...doubtful],
    }
  }

  write(document: unknown): ModelWrite {
    const { name, version } = this
    return {
      kind: 'application',
      name,
      model: modelIn(document),
      version: version ?? undefined,
    }
  }

  private get model(): ApplicationModel | undefined {
    return this.models.get(this.name)?.model
  }

  private get lists(): readonly NamespacedList[] {
    return this.models.lists?.content ?? []
  }

  /** Servers whose hosts are not there by now: they come and go. */
  private missingHosts(model: ApplicationModel): readonly DocumentProblem[] {
    const hosts = this.models.hosts(this.name)?.stacks ?? []
    return validateModel(model, { lists: this.lists, hosts })
  }
}

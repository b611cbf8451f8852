import { isDeepStrictEqual } from 'node:util'
import { isNodeName } from '../../clients/zookeeper/paths.js'
import { LEGACY_SETTINGS } from '../../model/defaults.js'
import type { ApplicationModel, DocumentProblem, Template } from '../../model/document.js'
import type { Legacy, Written } from '../../model/legacy/notes.js'
import {
  readDistribution,
  readFlavorRule,
  readServer,
  readTemplate,
  readUrlParams,
  readUrlRule,
  readWhitelist,
} from '../../model/legacy/read-documents.js'
import {
  writeDistribution,
  writeFlavorRule,
  writeServer,
  writeTemplate,
  writeUrlParams,
  writeUrlRule,
  writeWhitelist,
} from '../../model/legacy/write-documents.js'
import { readModel, type Read } from '../../model/read-model.js'
import { writeModel } from '../../model/write-model.js'
import { readOwn, writeOwn, type OwnNode } from './own-node.js'

/** The nodes that documents of one kind stand below, each by its id. */
export const CONTAINERS = ['rules', 'templateRules', 'urlRules', 'templateUrlRules'] as const

type Container = (typeof CONTAINERS)[number]

const DEFAULT_SERVER = 'server/default'
const URL_DEFAULTS = 'urlParams/default'
const DISTRIBUTION = 'distribution'
const WHITELIST = 'whitelisted'
/** What Redirector has no place for: our settings, and the order of what it keeps without one. */
const OWN = 'pointsman'

/** The other nodes that a model is made of. */
export const SINGLE_NODES = [DEFAULT_SERVER, URL_DEFAULTS, DISTRIBUTION, WHITELIST, OWN] as const

/** The texts of an application's nodes, by their paths below it: `rules/Beta`. */
export type ModelNodes = ReadonlyMap<string, string>

/** A model as nodes tell it, and what of them was not kept or changed. */
export interface NodesRead {
  readonly model: Read<ApplicationModel>
  readonly notes: readonly DocumentProblem[]
}

/** Reads nodes, and gathers what is to be said about them; its paths begin with that of the node. */
class Reader {
  readonly notes: DocumentProblem[] = []
  readonly problems: DocumentProblem[] = []
  private readonly nodes: ModelNodes

  constructor(nodes: ModelNodes) {
    this.nodes = nodes
  }

  one<Content>(path: string, read: (text: string) => Legacy<Content>): Content | undefined {
    const text = this.nodes.get(path)
    if (text === undefined) return undefined
    const legacy = read(text)
    const isRead = 'content' in legacy
    for (const each of isRead ? legacy.notes : legacy.problems) {
      const found = { ...each, path: `/${path}${each.path}` }
      if (isRead) this.notes.push(found)
      else this.problems.push(found)
    }
    return isRead ? legacy.content : undefined
  }

  /** @param order of the ids; those that it does not name come after it, by their names */
  all<Content>(
    container: Container,
    order: readonly string[],
    read: (text: string, id: string) => Legacy<Content>,
  ): readonly Content[] {
    const prefix = `${container}/`
    const places = new Map(order.map((id, place) => [id, place]))
    const placeOf = (id: string): number => places.get(id) ?? order.length
    return [...this.nodes.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
      .flatMap((id) => this.one(prefix + id, (text) => read(text, id)) ?? [])
  }
}

/** The model that an application's nodes tell; undefined when there is none. */
export function readModelNodes(nodes: ModelNodes): NodesRead | undefined {
  if (nodes.size === 0) return undefined
  const reader = new Reader(nodes)
  const own = reader.one(OWN, readOwn)
  const { order = {}, settings = LEGACY_SETTINGS } = own ?? {}
  const templates = reader.all('templateRules', order.templateRules ?? [], readTemplate)
  const urlTemplates = reader.all('templateUrlRules', order.templateUrlRules ?? [], readTemplate)
  const distribution = reader.one(DISTRIBUTION, readDistribution)
  const defaultServer = reader.one(DEFAULT_SERVER, readServer) ?? distribution?.defaultServer
  const rest = {
    rules: reader.all('rules', order.rules ?? [], (text, id) =>
      readFlavorRule(text, id, templates),
    ),
    urlRules: reader.all('urlRules', order.urlRules ?? [], (text, id) =>
      readUrlRule(text, id, urlTemplates),
    ),
    distribution: distribution?.distribution ?? [],
    urlDefaults: reader.one(URL_DEFAULTS, readUrlParams) ?? {},
    whitelist: reader.one(WHITELIST, readWhitelist) ?? [],
  }
  const { notes, problems } = reader
  if (!defaultServer && problems.length === 0)
    problems.push({
      code: 'ServerIsMissed',
      path: `/${DEFAULT_SERVER}`,
      message: 'there is no default server',
    })
  if (!defaultServer || problems.length > 0) return { model: { problems }, notes }
  // What is read here is bounded as what is read anywhere.
  const model = { ...rest, templates, urlTemplates, settings, defaultServer }
  return { model: readModel(writeModel(model)), notes }
}

/** Gathers the texts of nodes, and what they cannot say. */
class Writer {
  readonly nodes = new Map<string, string>()
  readonly problems: DocumentProblem[] = []

  put(path: string, { text, notes }: Written): void {
    this.nodes.set(path, text)
    this.problems.push(...notes.map((note) => ({ ...note, path: `/${path}${note.path}` })))
  }

  all<Document extends { readonly id: string }>(
    container: Container,
    documents: readonly Document[],
    write: (document: Document) => Written,
  ): void {
    for (const document of documents) {
      const { id } = document
      if (isNodeName(id)) this.put(`${container}/${id}`, write(document))
      else
        this.problems.push({
          code: 'InvalidRuleName',
          path: `/${container}`,
          message: `${JSON.stringify(id)} cannot name a node of ZooKeeper`,
        })
    }
  }
}

/**
 * The nodes that tell a model as Redirector does, the conditions of templates copied into the rules that use them; or
 * what of it cannot be told so that it is read as it was.
 */
export function writeModelNodes(model: ApplicationModel): Read<ModelNodes> {
  const writer = new Writer()
  const { templates, urlTemplates } = model
  const asTemplate = (template: Template): Written => writeTemplate(template)
  writer.all('templateRules', templates, asTemplate)
  writer.all('templateUrlRules', urlTemplates, asTemplate)
  writer.all('rules', model.rules, (rule) => writeFlavorRule(rule, templates))
  writer.all('urlRules', model.urlRules, (rule) => writeUrlRule(rule, urlTemplates))
  writer.put(DEFAULT_SERVER, writeServer(model.defaultServer))
  writer.put(DISTRIBUTION, writeDistribution(model.distribution))
  writer.put(WHITELIST, writeWhitelist(model.whitelist))
  if (Object.keys(model.urlDefaults).length > 0)
    writer.put(URL_DEFAULTS, writeUrlParams(model.urlDefaults))
  writer.put(OWN, { text: writeOwn(ownOf(model)), notes: [] })
  if (writer.problems.length > 0) return { problems: writer.problems }
  const read = readModelNodes(writer.nodes)?.model
  if (read && 'content' in read && isDeepStrictEqual(read.content, model))
    return { content: writer.nodes }
  return { problems: [lossOf(read, model)] }
}

function ownOf({ settings, ...model }: ApplicationModel): OwnNode {
  const ids = (documents: readonly { readonly id: string }[]): readonly string[] =>
    documents.map(({ id }) => id)
  const order = {
    rules: ids(model.rules),
    templateRules: ids(model.templates),
    urlRules: ids(model.urlRules),
    templateUrlRules: ids(model.urlTemplates),
  }
  return { settings, order }
}

function lossOf(
  read: Read<ApplicationModel> | undefined,
  model: ApplicationModel,
): DocumentProblem {
  const [problem] = read && 'problems' in read ? read.problems : []
  if (problem) return problem
  const content = read && 'content' in read ? read.content : undefined
  const kept = new Map(Object.entries(content ?? {}))
  const parts = Object.entries(model)
    .filter(([key, part]) => !isDeepStrictEqual(kept.get(key), part))
    .map(([key]) => key)
  return {
    code: 'NotKept',
    path: `/${parts[0] ?? ''}`,
    message: `Redirector's form does not keep ${parts.join(' and ')} as they are`,
  }
}

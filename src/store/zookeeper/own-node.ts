import type { ApplicationModel, ApplicationSettings } from '../../model/document.js'
import type { Legacy } from '../../model/legacy/notes.js'
import { readModel } from '../../model/read-model.js'
import { writeModel } from '../../model/write-model.js'

/** Ids in the order in which they are listed; of no kind that has none. */
export interface Order {
  readonly rules?: readonly string[]
  readonly templateRules?: readonly string[]
  readonly urlRules?: readonly string[]
  readonly templateUrlRules?: readonly string[]
}

/** What of a model Redirector has no place for. */
export interface OwnNode {
  readonly settings: ApplicationSettings
  readonly order: Order
}

const BARE = { defaultServer: { path: '-' } }
const KINDS = ['rules', 'templateRules', 'urlRules', 'templateUrlRules'] as const

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function bareModel(): ApplicationModel {
  const read = readModel(BARE)
  if ('problems' in read) throw new TypeError(JSON.stringify(read.problems))
  return read.content
}

function isIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string')
}

/** The text of the node. */
export function writeOwn({ settings, order }: OwnNode): string {
  const { settings: written = {} } = writeModel({ ...bareModel(), settings })
  return JSON.stringify({ settings: written, order })
}

/** Reads what `writeOwn` has written, perhaps by another release; an order that is none is left out. */
export function readOwn(text: string): Legacy<OwnNode> {
  const node = parsed(text)
  if (!node) return { problems: [{ code: 'InvalidJson', path: '', message: 'is no JSON' }] }
  const read = readModel({ ...BARE, settings: node['settings'] ?? {} })
  if ('problems' in read) return read
  const given = recordOf(node['order'])
  const orders = KINDS.flatMap((kind) => {
    const ids = given[kind]
    return isIds(ids) ? [[kind, ids] as const] : []
  })
  const order: Order = Object.fromEntries(orders)
  return { content: { settings: read.content.settings, order }, notes: [] }
}

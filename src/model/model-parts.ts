import { DEFAULT_SETTINGS } from './defaults.js'
import type {
  ApplicationModel,
  ApplicationSettings,
  Destination,
  Rule,
  Slice,
  Template,
  UrlParameters,
} from './document.js'
import { writeDestination, writeServer, writeUrlResult } from './write-results.js'
import { writeRules, writeTemplates } from './write-rules.js'

/** Things of one kind in a model, each with an identity of its own: what is compared and merged one by one. */
export interface Collection<Item> {
  /** Where they stand in the JSON form of the model: `/rules`. */
  readonly path: string
  /** One of them, in words: `rule Beta_boxes`. */
  readonly what: (key: string) => string
  readonly keyOf: (item: Item) => string
  /** The JSON form. */
  readonly write: (item: Item) => unknown
  /** Whether it means something which one comes first. */
  readonly isOrdered: boolean
}

export const RULES: Collection<Rule<Destination>> = {
  path: '/rules',
  what: (key) => `rule ${key}`,
  keyOf: ({ id }) => id,
  write: (rule) => writeRules([rule], writeDestination)[0],
  isOrdered: true,
}

export const URL_RULES: Collection<Rule<UrlParameters>> = {
  path: '/urlRules',
  what: (key) => `URL rule ${key}`,
  keyOf: ({ id }) => id,
  write: (rule) => writeRules([rule], writeUrlResult)[0],
  isOrdered: true,
}

export const TEMPLATES: Collection<Template> = {
  path: '/templates',
  what: (key) => `template ${key}`,
  keyOf: ({ id }) => id,
  write: (template) => writeTemplates([template])[0],
  isOrdered: false,
}

export const URL_TEMPLATES: Collection<Template> = {
  ...TEMPLATES,
  path: '/urlTemplates',
  what: (key) => `URL template ${key}`,
}

export const SLICES: Collection<Slice> = {
  path: '/distribution',
  what: (key) => `slice ${key}`,
  keyOf: ({ id }) => String(id),
  write: (slice) => ({ ...slice, server: writeServer(slice.server) }),
  isOrdered: true,
}

export const STACKS: Collection<string> = {
  path: '/whitelist',
  what: (key) => `stack ${key}`,
  keyOf: (stack) => stack,
  write: (stack) => stack,
  isOrdered: false,
}

/** An item where it stands. */
export interface Placed<Item> {
  readonly key: string
  readonly item: Item
  readonly index: number
}

/** Items by their keys, in their order. Nothing is lost of a document in which one key stands for several. */
export function keyed<Item>(
  items: readonly Item[],
  { keyOf }: Pick<Collection<Item>, 'keyOf'>,
): ReadonlyMap<string, Placed<Item>> {
  const placed = new Map<string, Placed<Item>>()
  for (const [index, item] of items.entries()) {
    const name = keyOf(item)
    let key = name
    for (let times = 2; placed.has(key); times++) key = `${name} (${times})`
    placed.set(key, { key, item, index })
  }
  return placed
}

export const URL_FIELDS = [
  'protocol',
  'urn',
  'port',
  'ipVersion',
] as const satisfies readonly (keyof UrlParameters)[]

export const SETTINGS = [
  'evaluationOrder',
  'missingMatches',
  'minimumHosts',
  'maximumDeviation',
  'discovery',
  'registeredWeights',
  'hostCheck',
] as const satisfies readonly (keyof ApplicationSettings)[]

/** A value of a model that stands for itself. */
export interface Field {
  /** JSON pointer. */
  readonly path: string
  readonly what: string
  /** The JSON form; undefined where nothing is said. */
  readonly value: unknown
}

/** The fields of a model: the default server, what URLs are filled with, and the settings that are not as they are by default. */
export function fieldsOf({
  defaultServer,
  urlDefaults,
  settings,
}: ApplicationModel): readonly Field[] {
  const defaults: Partial<ApplicationSettings> = DEFAULT_SETTINGS
  return [
    { path: '/defaultServer', what: 'default server', value: writeServer(defaultServer) },
    ...URL_FIELDS.map((name) => ({
      path: `/urlDefaults/${name}`,
      what: `URL defaults / ${name}`,
      value: urlDefaults[name],
    })),
    ...SETTINGS.map((name) => ({
      path: `/settings/${name}`,
      what: `settings / ${name}`,
      value: settings[name] === defaults[name] ? undefined : settings[name],
    })),
  ]
}

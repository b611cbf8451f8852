import { DEFAULT_HOST_WEIGHT, HIGHEST_HOST_WEIGHT, NO_SERVER } from './defaults.js'
import {
  LIST_TYPES,
  type ApplicationModel,
  type DocumentProblem,
  type NamespacedList,
  type Server,
  type Slice,
  type StackHost,
  type StackHosts,
} from './document.js'
import { JsonField, type JsonObject } from './json-field.js'
import { MOST_HOSTS, MOST_LISTS, MOST_SLICES, MOST_STACKS, MOST_VALUES } from './limits.js'
import { Problems, quoted } from './problems.js'
import { DESTINATION, readServer, readUrlParameters, URL_PARAMETERS } from './read-results.js'
import { readRules, readTemplates } from './read-rules.js'
import { readSettings } from './read-settings.js'
import { isStackAndFlavor } from './values.js'

/** What a document says, or everything that is wrong with it, but never both. */
export type Read<Content> =
  { readonly content: Content } | { readonly problems: readonly DocumentProblem[] }

function read<Content>(
  document: unknown,
  part: (field: JsonField) => Content | undefined,
): Read<Content> {
  const problems = new Problems()
  const content = part(new JsonField(document, '', problems))
  return content === undefined || problems.list.length > 0
    ? { problems: problems.list }
    : { content }
}

const INVALID_PERCENT = 'RuleDistributionPercentageInvalid'

function readSlice(field: JsonField): readonly Slice[] {
  const slice = field.object()
  if (!slice) return []
  slice.allow(['id', 'percent', 'server'])
  const id = slice.need('id')?.whole() ?? 0
  const percent = slice.need('percent', INVALID_PERCENT)?.number(INVALID_PERCENT) ?? 0
  return [{ id, percent, server: readNeededServer(slice, 'server') }]
}

function readNeededServer(object: JsonObject, key: string): Server {
  const field = object.need(key, 'ServerIsMissed')
  return field ? readServer(field) : NO_SERVER
}

const MODEL_KEYS = [
  'rules',
  'templates',
  'distribution',
  'defaultServer',
  'urlRules',
  'urlTemplates',
  'urlDefaults',
  'whitelist',
  'settings',
]

/**
 * Reads the JSON form of an application's model (`docs/gateway-model.md`), with everything that it leaves out filled in.
 * Whether the model makes sense is for `validateModel` to say.
 */
export function readModel(document: unknown): Read<ApplicationModel> {
  return read(document, (field) => {
    const object = field.object()
    object?.allow(MODEL_KEYS)
    const urlDefaults = object?.at('urlDefaults')
    return (
      object && {
        rules: readRules(object, 'rules', DESTINATION),
        templates: readTemplates(object, 'templates'),
        distribution: object.items('distribution', MOST_SLICES).flatMap(readSlice),
        defaultServer: readNeededServer(object, 'defaultServer'),
        urlRules: readRules(object, 'urlRules', URL_PARAMETERS),
        urlTemplates: readTemplates(object, 'urlTemplates'),
        urlDefaults: urlDefaults ? readUrlParameters(urlDefaults) : {},
        whitelist: object.texts('whitelist', MOST_STACKS),
        settings: readSettings(object.at('settings')),
      }
    )
  })
}

function readList(field: JsonField): readonly NamespacedList[] {
  const list = field.object()
  if (!list) return []
  list.allow(['name', 'description', 'type', 'values'])
  return [
    {
      name: list.neededText('name', 'NamespacedListNameIsMissed'),
      description: list.text('description', ''),
      type: list.at('type')?.choice(LIST_TYPES) ?? 'text',
      values: list.texts('values', MOST_VALUES),
    },
  ]
}

/** Reads the JSON form of the lists that applications share, as `readModel` does. */
export function readLists(document: unknown): Read<readonly NamespacedList[]> {
  return read(document, (field) => field.items(MOST_LISTS).flatMap(readList))
}

function readHost(field: JsonField): readonly StackHost[] {
  const host = field.object()
  if (!host) return []
  host.allow(['ipv4', 'ipv6', 'weight'])
  const ipv4 = host.at('ipv4')?.text()
  const ipv6 = host.at('ipv6')?.text()
  if (ipv4 === undefined && ipv6 === undefined)
    field.complain('HostAddressMissed', 'there is neither ipv4 nor ipv6')
  const weight = host.at('weight')?.whole() ?? DEFAULT_HOST_WEIGHT
  if (weight < 0 || weight > HIGHEST_HOST_WEIGHT)
    field.complain(
      'HostWeightInvalid',
      `weight must be 0 to ${HIGHEST_HOST_WEIGHT}, and is ${weight}`,
    )
  return [{ ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }), weight }]
}

function readStack(field: JsonField): readonly StackHosts[] {
  const stack = field.object()
  if (!stack) return []
  stack.allow(['path', 'hosts'])
  const path = stack.need('path')
  const text = path?.text() ?? ''
  if (path && !isStackAndFlavor(text))
    path.complain('HostPathInvalid', `${quoted(text)} is not /DC/AZ/flavor`)
  return [{ path: text, hosts: stack.items('hosts', MOST_HOSTS).flatMap(readHost) }]
}

/** Reads the JSON form of the hosts that are stored with an application, as `readModel` does. */
export function readHosts(document: unknown): Read<readonly StackHosts[]> {
  return read(document, (field) => field.items(MOST_STACKS).flatMap(readStack))
}

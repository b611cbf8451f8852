import type {
  Destination,
  NamespacedList,
  Rule,
  Server,
  Slice,
  Template,
  UrlParameters,
} from '../document.js'
import { quoted } from '../problems.js'
import type { Legacy } from './notes.js'
import {
  readDestination,
  readServer as readServerElement,
  readUrlDefaults,
  readUrlReturn,
  type ReadReturn,
} from './read-results.js'
import {
  readRule as readRuleElement,
  readRules,
  readTemplate as readTemplateElement,
} from './read-rules.js'
import { readXml, type LegacyElement } from './xml.js'

/** A distribution, and where those go whom no slice takes. */
export interface Distribution {
  readonly distribution: readonly Slice[]
  readonly defaultServer: Server | undefined
}

/** Everything of a model that is about servers. */
export interface SelectServer extends Distribution {
  readonly rules: readonly Rule<Destination>[]
}

/** Everything of a model that is about URLs. */
export interface UrlRules {
  readonly urlRules: readonly Rule<UrlParameters>[]
  readonly urlDefaults: UrlParameters
}

/** Undefined when it cannot be read: without it the slices behind it would move. */
function readSlice(element: LegacyElement, index: number): Slice | undefined {
  element.expect(['id', 'percent', 'server'])
  const id = element.textOf('id') ?? String(index)
  const percent = Number(element.textOf('percent') ?? NaN)
  const found = element.child('server')
  const server = found && readServerElement(found)
  if (!found) element.note('ServerIsMissed', 'server is missing')
  if (!Number.isFinite(percent))
    element.note('RuleDistributionPercentageInvalid', 'percent is missing, or no number')
  else if (!/^\d{1,9}$/.test(id)) element.note('WrongType', `id ${quoted(id)} is no whole number`)
  else if (server) return { id: Number(id), percent, server }
  return undefined
}

function readDistributionElement(element: LegacyElement | undefined): Distribution | undefined {
  if (!element) return { distribution: [], defaultServer: undefined }
  element.expect(['server'], ['rule'])
  const slices = element.all('rule').map(readSlice)
  const server = element.child('server')
  const defaultServer = server && readServerElement(server)
  if (slices.includes(undefined) || (server && !defaultServer)) return undefined
  return { distribution: slices.filter((slice) => slice !== undefined), defaultServer }
}

/** Files older than distributions have their default server in a `return` of its own. */
function readOldDefault(root: LegacyElement): Server | undefined {
  const found = root.child('return')?.child('server')
  return found && readServerElement(found)
}

/**
 * Reads `selectServer`: flavor rules, distribution and default server.
 * @param templates those that its rules may have been made from
 */
export function readSelectServer(
  xml: string,
  templates: readonly Template[] = [],
): Legacy<SelectServer> {
  return readXml(xml, ['selectServer'], (root) => {
    root.expect(['distribution', 'fallbackServer', 'return'], ['if'])
    root
      .child('fallbackServer')
      ?.note('FallbackServerIgnored', 'Redirector does not use it, nor is it kept')
    const rules = readRules(root, readDestination, templates)
    const found = readDistributionElement(root.child('distribution'))
    if (!found) return undefined
    return { rules, ...found, defaultServer: found.defaultServer ?? readOldDefault(root) }
  })
}

/** Reads `distribution`. */
export function readDistribution(xml: string): Legacy<Distribution> {
  return readXml(xml, ['distribution'], readDistributionElement)
}

/** Reads `urlRules`: URL rules, and the defaults of their parameters. */
export function readUrlRules(xml: string, templates: readonly Template[] = []): Legacy<UrlRules> {
  return readXml(xml, ['urlRules'], (root) => {
    root.expect(['default'], ['if'])
    const urlRules = readRules(root, readUrlReturn, templates)
    return { urlRules, urlDefaults: readUrlDefaults(root.child('default')?.child('urlRule'), root) }
  })
}

/** Reads `urlRule`, the default parameters of URLs. */
export function readUrlParams(xml: string): Legacy<UrlParameters> {
  return readXml(xml, ['urlRule'], (root) => readUrlDefaults(root, root))
}

/** Reads `whitelisted`: stacks. */
export function readWhitelist(xml: string): Legacy<readonly string[]> {
  return readXml(xml, ['whitelisted'], (root) => {
    root.expect([], ['paths'])
    return root
      .all('paths')
      .map(({ text }) => text)
      .filter((path) => path !== '')
  })
}

/** Reads `server`. */
export function readServer(xml: string): Legacy<Server> {
  return readXml(xml, ['server'], readServerElement)
}

function readOneRule<Result>(
  xml: string,
  id: string,
  read: ReadReturn<Result>,
  templates: readonly Template[],
): Legacy<Rule<Result>> {
  return readXml(xml, ['if'], (root) => readRuleElement(root, id, read, templates))
}

/**
 * Reads one flavor rule, `if`.
 * @param id the name that it is stored by, whatever the element says
 */
export function readFlavorRule(
  xml: string,
  id: string,
  templates: readonly Template[] = [],
): Legacy<Rule<Destination>> {
  return readOneRule(xml, id, readDestination, templates)
}

/** Reads one URL rule, as `readFlavorRule` does. */
export function readUrlRule(
  xml: string,
  id: string,
  templates: readonly Template[] = [],
): Legacy<Rule<UrlParameters>> {
  return readOneRule(xml, id, readUrlReturn, templates)
}

/** Reads one template for rules of either kind, as `readFlavorRule` does. */
export function readTemplate(xml: string, id: string): Legacy<Template> {
  return readXml(xml, ['if'], (root) => readTemplateElement(root, id))
}

/**
 * Reads one namespaced list.
 * @param name the one that it is stored by, whatever the element says
 */
export function readNamespacedList(xml: string, name: string): Legacy<NamespacedList> {
  return readXml(xml, ['namespaced_list', 'namespacedList'], (root) => {
    root.expect(['description', 'type', 'valueCount'], ['value', 'valueSet'])
    const named = root.textOf('type')?.toLowerCase() ?? 'text'
    const type = (['text', 'ip', 'encoded'] as const).find((each) => each === named)
    if (!type) root.note('UnknownChoice', `type ${quoted(named)} is not known; text is taken`)
    const plain = root.all('value').map(({ text }) => text)
    const wrapped = root.all('valueSet').map((each) => each.textOf('value') ?? '')
    const values = [...new Set([...plain, ...wrapped].filter((value) => value !== ''))]
    return { name, description: root.textOf('description') ?? '', type: type ?? 'text', values }
  })
}

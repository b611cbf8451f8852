import { DEFAULT_SETTINGS, LEGACY_SETTINGS } from '../defaults.js'
import type {
  ApplicationModel,
  ApplicationSettings,
  Destination,
  DocumentProblem,
  NamespacedList,
  Rule,
  Server,
  Slice,
  Template,
  UrlParameters,
} from '../document.js'
import { below } from '../problems.js'
import type { Written } from './notes.js'
import {
  writeParameters,
  writeReturnedServers,
  writeRuleElement,
  writeServerElement,
  writeTemplateElement,
  type WriteReturn,
} from './write-rules.js'
import { element, LegacyWriter } from './xml-text.js'

function rulesElement<Result>(
  writer: LegacyWriter,
  rules: readonly Rule<Result>[],
  path: string,
  form: { templates: readonly Template[]; write: WriteReturn<Result> },
): string {
  return rules
    .map((rule, index) => writeRuleElement(writer, rule, below(path, index), form))
    .join('')
}

function distributionElement(
  writer: LegacyWriter,
  distribution: readonly Slice[],
  defaultServer: Server | undefined,
): string {
  const slices = distribution.map(({ id, percent, server }, index) => {
    const path = below('/distribution', index)
    return element(
      'rule',
      {},
      writer.text('id', String(id), path),
      writer.text('percent', String(percent), path),
      writeServerElement(writer, server, below(path, 'server')),
    )
  })
  const last = defaultServer ? [writeServerElement(writer, defaultServer, '/defaultServer')] : []
  return element('distribution', {}, ...slices, ...last)
}

/** Writes `selectServer`: flavor rules, distribution and default server. */
export function writeSelectServer(model: ApplicationModel): Written {
  const { rules, templates, distribution, defaultServer } = model
  const writer = new LegacyWriter()
  const form = { templates, write: writeReturnedServers }
  const inside = rulesElement<Destination>(writer, rules, '/rules', form)
  const last = distributionElement(writer, distribution, defaultServer)
  return writer.document(element('selectServer', {}, inside, last))
}

/** Writes `urlRules`: URL rules, and the defaults of their parameters. */
export function writeUrlRules(model: ApplicationModel): Written {
  const { urlRules, urlTemplates, urlDefaults } = model
  const writer = new LegacyWriter()
  const form = { templates: urlTemplates, write: writeReturnedParameters }
  const inside = rulesElement<UrlParameters>(writer, urlRules, '/urlRules', form)
  const defaults = writeParameters(writer, urlDefaults, '/urlDefaults')
  return writer.document(element('urlRules', {}, inside, element('default', {}, defaults)))
}

function writeReturnedParameters(
  writer: LegacyWriter,
  parameters: UrlParameters,
  path: string,
): string {
  return writeParameters(writer, parameters, below(path, 'parameters'))
}

/** Writes `whitelisted`: stacks. */
export function writeWhitelist(whitelist: readonly string[]): Written {
  const writer = new LegacyWriter()
  return writer.document(element('whitelisted', {}, writer.texts('paths', whitelist, '/whitelist')))
}

/** Writes `distribution`, with the default server when it is given. */
export function writeDistribution(distribution: readonly Slice[], defaultServer?: Server): Written {
  const writer = new LegacyWriter()
  return writer.document(distributionElement(writer, distribution, defaultServer))
}

/** Writes `server`. */
export function writeServer(server: Server): Written {
  const writer = new LegacyWriter()
  return writer.document(writeServerElement(writer, server, ''))
}

/** Writes `urlRule`, the default parameters of URLs. */
export function writeUrlParams(parameters: UrlParameters): Written {
  const writer = new LegacyWriter()
  return writer.document(writeParameters(writer, parameters, ''))
}

/** Writes one flavor rule, `if`, with the conditions of its template. */
export function writeFlavorRule(
  rule: Rule<Destination>,
  templates: readonly Template[] = [],
): Written {
  const writer = new LegacyWriter()
  const form = { templates, write: writeReturnedServers }
  return writer.document(writeRuleElement(writer, rule, '', form))
}

/** Writes one URL rule, as `writeFlavorRule` does. */
export function writeUrlRule(
  rule: Rule<UrlParameters>,
  templates: readonly Template[] = [],
): Written {
  const writer = new LegacyWriter()
  const form = { templates, write: writeReturnedParameters }
  return writer.document(writeRuleElement(writer, rule, '', form))
}

/** Writes one template, `if` without `return`. */
export function writeTemplate(template: Template): Written {
  const writer = new LegacyWriter()
  return writer.document(writeTemplateElement(writer, template, ''))
}

/** Writes one namespaced list with its plain values. */
export function writeNamespacedList(list: NamespacedList): Written {
  const { name, description, type, values } = list
  const writer = new LegacyWriter()
  const encoding = type === 'encoded' ? 'MD5' : undefined
  const root = element(
    'namespaced_list',
    { name: writer.speakable(name, '/name'), valuesEncodingType: encoding },
    writer.optional('description', description, '/description'),
    writer.texts('value', values, '/values'),
    writer.text('type', type.toUpperCase(), '/type'),
  )
  return writer.document(root)
}

/** What of an application's settings Redirector has no place for. */
export function settingsNotWritten(settings: ApplicationSettings): readonly DocumentProblem[] {
  const kept: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS, ...LEGACY_SETTINGS }
  return Object.entries(settings)
    .filter(([key, value]) => kept[key] !== value)
    .map(([key, value]) => ({
      code: 'SettingNotWritten',
      path: below('/settings', key),
      message: `${key} ${JSON.stringify(value)} is not kept; Redirector has no such setting per application`,
    }))
}

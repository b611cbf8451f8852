import type {
  Branch,
  Condition,
  Destination,
  Membership,
  Outcome,
  Rule,
  Server,
  Template,
  UrlParameters,
} from '../document.js'
import { below, quoted } from '../problems.js'
import { element, type LegacyWriter } from './xml-text.js'

/** Writes what is inside of `return`; the path is that of the outcome. */
export type WriteReturn<Result> = (writer: LegacyWriter, result: Result, path: string) => string

function writeMembership(writer: LegacyWriter, condition: Membership, path: string): string {
  const { kind, parameter, values, lists, negated, caseSensitive } = condition
  const attributes = {
    type: lists.length > 0 ? 'namespacedList' : '',
    negation: String(negated),
    caseSensitive: caseSensitive ? 'true' : undefined,
  }
  const valuesText = writer.texts('value', values, below(path, 'values'))
  const listsText = writer.texts('value', lists, below(path, 'lists'))
  return element(
    kind,
    attributes,
    writer.text('param', parameter, below(path, 'parameter')),
    values.length > 0 ? element('values', {}, valuesText) : '',
    lists.length > 0 ? element('namespacedList', {}, listsText) : '',
  )
}

function writeCondition(writer: LegacyWriter, condition: Condition, path: string): string {
  const { kind } = condition
  if ('of' in condition) {
    const place = below(path, 'of')
    const of = condition.of.map((each, index) => writeCondition(writer, each, below(place, index)))
    return element(kind, {}, ...of)
  }
  if ('percent' in condition)
    return element(
      kind,
      {},
      writer.text('value', String(condition.percent), below(path, 'percent')),
    )
  if ('values' in condition) return writeMembership(writer, condition, path)
  const parameter = writer.text('param', condition.parameter, below(path, 'parameter'))
  if ('value' in condition) {
    const { type, caseSensitive, value } = condition
    const attributes = { type, caseSensitive: caseSensitive ? 'true' : undefined }
    return element(kind, attributes, parameter, writer.text('value', value, below(path, 'value')))
  }
  const attributes = { negation: String(condition.negated) }
  if (condition.kind === 'isEmpty') return element(kind, attributes, parameter)
  const pattern = writer.text('pattern', condition.pattern, below(path, 'pattern'))
  return element(kind, attributes, parameter, pattern)
}

/** `and` of all, as it has two sides only. */
function joined(conditions: readonly string[]): string {
  return conditions.reduce((left, right) => element('and', {}, left, right))
}

/** A rule's branch as it is written: an `if` around another is what stands for several conditions. */
class BranchWriter<Result> {
  private readonly writer: LegacyWriter
  private readonly write: WriteReturn<Result>

  constructor(writer: LegacyWriter, write: WriteReturn<Result>) {
    this.writer = writer
    this.write = write
  }

  branch(
    branch: Branch<Result>,
    path: string,
    attributes: Readonly<Record<string, string | undefined>>,
  ): string {
    const then = this.outcome(branch.then, below(path, 'then'))
    const conditions = this.conditions(branch.conditions, below(path, 'conditions'))
    if (!branch.otherwise) return nested(attributes, conditions, then)
    if (conditions.length > 2) {
      const message =
        'its conditions are nested in <and>, by which Redirector orders rules otherwise'
      this.writer.notes.add('OrderNotKept', path, message)
    }
    const otherwise = this.outcome(branch.otherwise, below(path, 'otherwise'))
    return element('if', attributes, joined(conditions), then, otherwise)
  }

  conditions(conditions: readonly Condition[], path: string): readonly string[] {
    return conditions.map((each, index) => writeCondition(this.writer, each, below(path, index)))
  }

  private outcome(outcome: Outcome<Result>, path: string): string {
    if (outcome.kind === 'branch') return this.branch(outcome.branch, below(path, 'branch'), {})
    return element('return', {}, this.write(this.writer, outcome.result, path))
  }
}

function nested(
  attributes: Readonly<Record<string, string | undefined>>,
  conditions: readonly string[],
  then: string,
): string {
  const [first, ...others] = conditions
  const inside = others.reduceRight((inner, condition) => element('if', {}, condition, inner), then)
  return element('if', attributes, ...(first === undefined ? [] : [first]), inside)
}

/** A rule, with the conditions of its template before its own. */
export function writeRuleElement<Result>(
  writer: LegacyWriter,
  rule: Rule<Result>,
  path: string,
  { templates, write }: { templates: readonly Template[]; write: WriteReturn<Result> },
): string {
  const { id, template } = rule
  const found = templates.find((each) => each.id === template)
  if (template !== undefined && !found) {
    const message = `there is no template ${quoted(template)}, whose conditions the rule would have`
    writer.notes.add('TemplateNotFound', below(path, 'template'), message)
  }
  const conditions = [...(found?.conditions ?? []), ...rule.conditions]
  const attributes = {
    id: writer.speakable(id, below(path, 'id')),
    templateName: template && writer.speakable(template, below(path, 'template')),
  }
  return new BranchWriter(writer, write).branch({ ...rule, conditions }, path, attributes)
}

/** A template, which is a rule that leads nowhere. */
export function writeTemplateElement(
  writer: LegacyWriter,
  { id, conditions }: Template,
  path: string,
): string {
  const branches = new BranchWriter<never>(writer, () => '')
  const written = branches.conditions(conditions, below(path, 'conditions'))
  return element('if', { id: writer.speakable(id, below(path, 'id')) }, ...written)
}

/** A server. */
export function writeServerElement(writer: LegacyWriter, server: Server, path: string): string {
  const { name, url, secureUrl, path: ownPath, description, query } = server
  const entries = Object.entries(query).map(([key, value]) => {
    const place = below(below(path, 'query'), key)
    const valueText = value === '' ? element('value', {}) : writer.text('value', value, place)
    return element('entry', {}, writer.text('key', key, place), valueText)
  })
  return element(
    'server',
    { isNonWhitelisted: String(server.nonWhitelisted) },
    writer.optional('name', name, below(path, 'name')),
    writer.text('url', url, below(path, 'url')),
    writer.optional('secureUrl', secureUrl, below(path, 'secureUrl')),
    writer.optional('path', ownPath, below(path, 'path')),
    entries.length > 0 ? element('query', {}, ...entries) : '',
    writer.optional('description', description, below(path, 'description')),
  )
}

/** What a flavor rule leads to. */
export function writeReturnedServers(
  writer: LegacyWriter,
  destination: Destination,
  path: string,
): string {
  if (destination.kind === 'server')
    return writeServerElement(writer, destination.server, below(path, 'server'))
  const { servers, enablePrivate, countDownTime } = destination.group
  const place = below(below(path, 'group'), 'servers')
  const attributes = { enablePrivate: String(enablePrivate), countDownTime: String(countDownTime) }
  const written = servers.map((each, n) => writeServerElement(writer, each, below(place, n)))
  return element('serverGroup', attributes, ...written)
}

/** `urlRule`. */
export function writeParameters(
  writer: LegacyWriter,
  { urn, protocol, port, ipVersion }: UrlParameters,
  path: string,
): string {
  return element(
    'urlRule',
    {},
    writer.optional('urn', urn, below(path, 'urn')),
    writer.optional('protocol', protocol, below(path, 'protocol')),
    writer.optional('port', port === undefined ? undefined : String(port), path),
    writer.optional(
      'ipProtocolVersion',
      ipVersion === undefined ? undefined : String(ipVersion),
      path,
    ),
  )
}

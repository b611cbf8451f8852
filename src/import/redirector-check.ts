import { PointsmanError } from '../core/errors.js'
import { parseFields } from '../checks/parse-settings.js'
import type { Field } from './field.js'
import { javascriptPattern, matchingStatuses } from './python-pattern.js'
import type { Section } from './section.js'
import { targetHost, type Setting } from './target-groups.js'

/** How a balancer checks its hosts. */
export interface ImportedCheck {
  readonly settings: readonly Setting[]
  /** The target that a host is. */
  readonly targetOf: (host: string) => string
}

const TIMEOUT_SECONDS = 10

/** Every key of a check, and of its `config`. */
export const CHECK_KEYS = ['type', 'period', 'config']
export const CONFIG_KEYS = [
  'port',
  'timeout',
  'path',
  'query',
  'scheme',
  'method',
  'headers',
  'cacerts',
  'expected_status',
  'expected_response',
  'expected_response_encoding',
]

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000)
}

/** Translates the `healthcheck` of a balancer; one that Redirector itself would not start with is reported. */
export function translateCheck(healthcheck: Section): ImportedCheck | undefined {
  if (healthcheck.lacks(CHECK_KEYS)) return undefined
  const type = healthcheck.take('type')
  const kind = type?.text()
  const period = healthcheck.take('period')
  const seconds = period?.number()
  const config = healthcheck.take('config')?.section('counts')
  healthcheck.finish(CHECK_KEYS, '')
  if (!type || !period || seconds === undefined || !config) return undefined
  if (kind !== 'tcp' && kind !== 'http') {
    type.lost('must be tcp or http')
    return undefined
  }
  if (config.lacks(kind === 'tcp' ? ['port'] : ['port', 'path'])) return undefined
  const port = config.take('port')?.number()
  if (port === undefined) return undefined
  const timeout = config.take('timeout')
  const { place } = type
  const settings: Setting[] = [
    { member: 'HEALTH_CHECK', value: kind, place },
    { member: 'HEALTH_INTERVAL', value: milliseconds(seconds), place: period.place },
    {
      member: 'HEALTH_TIMEOUT',
      value: milliseconds(timeout?.number() ?? TIMEOUT_SECONDS),
      place: timeout?.place ?? config.place,
    },
    { member: 'HEALTH_RISE', value: 1, place },
    { member: 'HEALTH_FALL', value: 1, place },
    ...(kind === 'http' ? httpSettings(config) : []),
  ]
  const scheme = kind === 'http' ? schemeOf(config) : ''
  config.finish(CONFIG_KEYS, 'means nothing to a tcp check')
  return { settings, targetOf: (host) => `${scheme}${targetHost(host)}:${port}` }
}

function schemeOf(config: Section): string {
  const field = config.take('scheme')
  const scheme = field?.text() ?? 'http'
  if (scheme !== 'http' && scheme !== 'https') field?.lost('must be http or https')
  return scheme === 'https' ? 'https://' : ''
}

function httpSettings(config: Section): readonly Setting[] {
  const method = config.take('method')
  const authorities = config.take('cacerts')
  return [
    ...copied('HEALTH_METHOD', method),
    ...pathSettings(config),
    ...statusSettings(config),
    ...bodySettings(config, method?.text()),
    ...headerSettings(config.take('headers')),
    ...copied('HEALTH_CA_FILE', authorities),
  ]
}

function copied(member: string, field: Field | undefined): readonly Setting[] {
  const value = field?.text()
  return field && value !== undefined ? [{ member, value, place: field.place }] : []
}

function pathSettings(config: Section): readonly Setting[] {
  const field = config.take('path')
  const path = field?.text()
  const query = config.text('query')
  if (!field || path === undefined) return []
  const whole = (path.startsWith('/') ? path : `/${path}`) + (query ? `?${query}` : '')
  return [{ member: 'HEALTH_PATH', value: whole, place: field.place }]
}

function statusSettings(config: Section): readonly Setting[] {
  const field = config.take('expected_status')
  const pattern = field?.text() ?? '200'
  const statuses = matchingStatuses(pattern)
  if (statuses === undefined)
    field?.lost('is a regular expression that stands for no list of status codes; 200 is expected')
  const place = (field ?? config).place
  return [{ member: 'HEALTH_STATUS', value: statuses ?? '200', place }]
}

function bodySettings(config: Section, method: string | undefined): readonly Setting[] {
  const encoding = config.take('expected_response_encoding')
  if (!/^utf[-_]?8$|^(us-)?ascii$/i.test(encoding?.text() ?? 'utf-8'))
    encoding?.lost('bodies are read as UTF-8')
  const field = config.take('expected_response')
  const pattern = field?.text()
  if (!field || pattern === undefined) return []
  const value = javascriptPattern(pattern)
  if (value === undefined) field.lost('is a regular expression that means nothing in JavaScript')
  else if (method === 'HEAD') field.lost('there is no body in an answer to HEAD')
  else return [{ member: 'HEALTH_BODY', value, place: field.place }]
  return []
}

/** The documents of Redirector have keys and values here, its schema a list of them. */
function headerSettings(field: Field | undefined): readonly Setting[] {
  if (!field) return []
  const sections = field.isList ? (field.items() ?? []) : [field]
  const fields: string[] = []
  const settings: Setting[] = []
  for (const section of sections.map((each) => each.section('counts')))
    for (const name of section?.names ?? []) {
      const header = section?.take(name)
      const value = header?.text()
      if (!header || value === undefined) continue
      if (name.toLowerCase() === 'host')
        settings.push({ member: 'HEALTH_HOST', value, place: header.place })
      else if (isSendable(name, value, header)) fields.push(`${name}: ${value}`)
    }
  if (fields.length > 0)
    settings.push({
      member: 'HEALTH_HEADERS',
      value: fields.join('; '),
      place: field.place,
      isSecret: true,
    })
  return settings
}

function isSendable(name: string, value: string, header: Field): boolean {
  try {
    if (value.includes(';')) header.lost('a value with a semicolon cannot be in HEALTH_HEADERS')
    else if (parseFields(`${name}: ${value}`).length === 2) return true
  } catch (error) {
    if (!(error instanceof PointsmanError)) throw error
    header.lost(`HEALTH_HEADERS ${error.message}`)
  }
  return false
}

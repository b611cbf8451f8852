import { isIP } from 'node:net'
import type { Field } from './field.js'
import {
  addressesOf,
  allDown,
  targetsAt,
  thresholds,
  timing,
  type ImportedCheck,
  type RecordParts,
} from './hanoproxy-addresses.js'
import type { Section } from './section.js'
import type { Setting } from './target-groups.js'

/** What a check of one address asks for. */
interface Asked {
  /** The address, as it stands in a URL. */
  readonly host: string
  readonly url: URL
  readonly field: Field
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && /^https?:$/.test(url.protocol) ? url : undefined
}

function askedOf(host: string, address: Section): Asked | undefined {
  const field = address.take('Url')
  if (!field) {
    const why = 'is missing, so that the check never passes there; the address is left out'
    address.missing('Url', why)
    return undefined
  }
  const url = parseUrl(field.text() ?? '')
  if (!url) field.lost('must begin with http:// or https://; the address is left out')
  else if (url.username || url.password)
    field.lost('has a user name or a password; they can be in HEALTH_HEADERS')
  return url && { host, url, field }
}

function targetText({ host, url }: Asked): string {
  return `${url.protocol === 'https:' ? 'https://' : ''}${host}${url.port && `:${url.port}`}`
}

function pathSetting(asked: readonly Asked[]): readonly Setting[] {
  const pathOf = ({ url }: Asked): string => url.pathname + url.search
  const [first] = asked
  if (!first) return []
  const value = pathOf(first)
  for (const each of asked)
    if (pathOf(each) !== value)
      each.field.lost(`is asked for ${value}: a group has one path for all its targets`)
  return [{ member: 'HEALTH_PATH', value, place: first.field.place }]
}

function isName({ url }: Asked): boolean {
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0
}

/** The name that a `Url` has instead of the address, if it is the same for all these. */
function sharedName(asked: readonly Asked[], nameOf: (url: URL) => string): Setting | undefined {
  const [first] = asked
  const names = new Set(asked.map(({ url }) => nameOf(url)))
  if (!first || names.size > 1 || !isName(first) || first.url.hostname === first.host)
    return undefined
  return { member: 'HEALTH_HOST', value: nameOf(first.url), place: first.field.place }
}

function nameSettings(asked: readonly Asked[]): readonly Setting[] {
  const host = sharedName(asked, (url) => url.host)
  const secure = asked.filter(({ url }) => url.protocol === 'https:')
  const server = sharedName(secure, (url) => url.hostname)
  for (const each of asked) {
    if (each.url.hostname === each.host) continue
    if (!isName(each)) each.field.lost(`is asked of ${each.host} itself, as all checks are`)
    else if (!host)
      each.field.lost(
        `is asked of ${each.host} under its own name: a group has one HEALTH_HOST for all its targets`,
      )
  }
  const note =
    'HAnoProxY looks this name up and asks it; here each target is asked, under this name.'
  return [
    ...(host ? [{ ...host, note }] : []),
    ...(server ? [{ ...server, member: 'HEALTH_SERVER_NAME' }] : []),
  ]
}

function statusSetting({ record, options }: RecordParts): readonly Setting[] {
  const code = options?.take('Expected_Response_Code')
  const value = code?.number()
  if (code && value) return [{ member: 'HEALTH_STATUS', value, place: code.place }]
  const section = options ?? record
  section.missing(
    'Expected_Response_Code',
    'is missing, so that no check passes there; 200-399 do here',
  )
  return []
}

/** A check by HTTP: each address has a `Url` of its own, which need not lead to it. */
export function httpCheck(parts: RecordParts): ImportedCheck {
  const { record, options } = parts
  const sections = addressesOf(record, 'Ip')
  const asked: Asked[] = []
  const targets = targetsAt(sections, (host, address) => {
    const each = askedOf(host, address)
    if (each) asked.push(each)
    return each && targetText(each)
  })
  const method = options?.take('HttpMethod')
  if (method && method.text()?.toUpperCase() !== 'GET')
    method.lost('is never used there: checks are made with GET')
  const settings = [
    allDown(parts),
    { member: 'HEALTH_CHECK', value: 'http', place: record.place },
    ...timing(parts),
    ...thresholds(parts),
    ...pathSetting(asked),
    ...statusSetting(parts),
    ...nameSettings(asked),
  ]
  return { targets, settings, sections, hasSource: false }
}

import { PointsmanError } from '../core/errors.js'
import type { EnvironmentFile } from './environment-file.js'
import { RecordImport } from './hanoproxy-record.js'
import type { Section } from './section.js'

/** Every key at the top of the file, and of its `GlobalOptions`. */
export const FILE_KEYS = ['GlobalOptions', 'DnsRecords']
export const GLOBAL_KEYS = [
  'EnableRecursiveDnsServer',
  'UpStreamDnsServer',
  'HADomain',
  'ListenPort',
  'ListenIP',
  'TTL',
  'UpdateInterval',
]

/** What records without a TTL have there, in seconds. */
const TTL_WHEN_ABSENT = 3600

/** Everybody who asks from a private network (RFC 1918, RFC 6598, RFC 4193, and link-local). */
const PRIVATE_NETWORKS =
  '127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7, fe80::/10'

function translateListening(options: Section, file: EnvironmentFile): void {
  for (const [name, variable] of [
    ['ListenIP', 'DNS_HOST'],
    ['ListenPort', 'DNS_PORT'],
  ] as const) {
    const field = options.take(name)
    const text = field?.text()
    if (field && text !== undefined && text !== '') file.set(variable, text, field.place)
  }
}

function translateZone(options: Section, file: EnvironmentFile): void {
  const domain = options.take('HADomain')
  const zone = domain?.text()?.toLowerCase().replace(/\.$/, '')
  if (!domain || !zone) {
    const what = 'GlobalOptions.HADomain is missing; without it HAnoProxY does not start either'
    throw new PointsmanError('CONFIGURATION_INVALID', `${options.place.file}: ${what}`)
  }
  if (zone === 'local' || zone.endsWith('.local'))
    file.comment(
      'Names below .local belong to multicast DNS (RFC 6762), and many clients do not ask a server for them: ' +
        'choose another zone, for example below .internal.',
    )
  file.set('DNS_ZONE', zone, domain.place)
  const ttl = options.take('TTL')
  const seconds = ttl?.text()?.trim()
  if (seconds) file.set('DNS_TTL', seconds, ttl?.place ?? options.place)
  else {
    file.comment('What HAnoProxY answers without a TTL; clients keep a dead address as long.')
    file.set('DNS_TTL', TTL_WHEN_ABSENT, options.place)
  }
}

function translateForwarding(options: Section, file: EnvironmentFile): void {
  const forwards = options.take('EnableRecursiveDnsServer')?.flag() ?? false
  if (!forwards) return
  const upstream = options.take('UpStreamDnsServer')
  const address = upstream?.text()
  if (!upstream || !address) {
    options.missing('UpStreamDnsServer', 'is missing, so there is nobody to forward to')
    return
  }
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
  if (!file.set('DNS_FORWARDERS', host, upstream.place)) return
  file.comment(
    'HAnoProxY looks names up for everybody; here it is for those who ask from a private network.',
  )
  file.set('DNS_ALLOW_RECURSION', PRIVATE_NETWORKS, upstream.place)
}

/** Seconds between two checks; undefined when the file has none, or one that means without a pause. */
function intervalSeconds(options: Section): number | undefined {
  const interval = options.take('UpdateInterval')
  const seconds = interval?.number()
  if (seconds !== 0) return seconds
  interval?.lost('0 is without a pause; checks have their usual interval')
  return undefined
}

/**
 * Translates a `hanoproxy.yaml`.
 * @throws PointsmanError CONFIGURATION_INVALID when it has no zone
 */
export function translateHanoproxy(root: Section, file: EnvironmentFile): void {
  const options = root.take('GlobalOptions')?.section('is ignored')
  if (!options) {
    const what = 'GlobalOptions is missing; without it HAnoProxY does not start either'
    throw new PointsmanError('CONFIGURATION_INVALID', `${root.place.file}: ${what}`)
  }
  translateListening(options, file)
  translateZone(options, file)
  translateForwarding(options, file)
  const seconds = intervalSeconds(options)
  options.finish(GLOBAL_KEYS, 'means nothing while EnableRecursiveDnsServer is not true')
  const records = new RecordImport(file, seconds)
  for (const field of root.take('DnsRecords')?.items() ?? []) {
    const record = field.section('is ignored')
    if (record) records.add(record)
  }
  root.finish(FILE_KEYS, '')
}

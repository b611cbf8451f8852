import {
  addressesOf,
  allDown,
  sharedSetting,
  targetsAt,
  thresholds,
  timing,
  withPort,
  type ImportedCheck,
  type RecordParts,
} from './hanoproxy-addresses.js'
import type { Section } from './section.js'
import type { Setting } from './target-groups.js'

const TCP_TIMEOUT_MS = 1000
const POSTGRES_PORT = 5432

const TLS_NOTE =
  "HAnoProxY's check of PostgreSQL speaks TLS with servers that offer it; here POSTGRES_TLS=true makes it speak TLS, and no other."

/** No check: every address always answers. */
export function noCheck({ record }: RecordParts): ImportedCheck {
  const sections = addressesOf(record, 'Ip')
  const targets = targetsAt(sections, (host) => host)
  const settings = [{ member: 'HEALTH_CHECK', value: 'none', place: record.place }]
  return { targets, settings, sections, hasSource: false }
}

/** A check that connects. */
export function tcpCheck(parts: RecordParts): ImportedCheck {
  const { record } = parts
  const sections = addressesOf(record, 'Ip')
  const settings = [
    allDown(parts),
    { member: 'HEALTH_CHECK', value: 'tcp', place: record.place },
    ...timing(parts),
    { member: 'HEALTH_TIMEOUT', value: TCP_TIMEOUT_MS, place: record.place },
    ...thresholds(parts),
  ]
  return { targets: targetsAt(sections, withPort), settings, sections, hasSource: false }
}

function roleSettings(parts: RecordParts): readonly Setting[] {
  const primary = parts.options?.take('MasterOnly')
  const replica = parts.options?.take('SlaveOnly')
  const [isPrimary, isReplica] = [primary?.flag() ?? false, replica?.flag() ?? false]
  if (isPrimary && isReplica)
    replica?.lost('no server is right together with MasterOnly, which is what counts here')
  const role = isPrimary ? 'primary' : 'replica'
  const place = (isPrimary ? primary : replica)?.place
  if (!place || !(isPrimary || isReplica)) return [allDown(parts)]
  const note = `Without a ${role} the name has no address; HAnoProxY answers with the first one, whatever that is.`
  return [{ member: 'POSTGRES_ROLE', value: role, place, note }]
}

/** The database that PostgreSQL takes when none is named is called as the user. */
function databaseSettings({ options }: RecordParts, user: readonly Setting[]): readonly Setting[] {
  const field = options?.take('DbName')
  const name = field?.text()
  if (field && name) return [{ member: 'POSTGRES_DATABASE', value: name, place: field.place }]
  return user.map((setting) => ({ ...setting, member: 'POSTGRES_DATABASE' }))
}

/** A check that logs in to PostgreSQL, and may ask for a role. */
export function postgresCheck(parts: RecordParts): ImportedCheck | undefined {
  const { record } = parts
  const sections = addressesOf(record, 'Ip')
  const targets = targetsAt(
    sections,
    (host, address) => `${host}:${address.text('Port') ?? POSTGRES_PORT}`,
  )
  const user = sharedSetting(sections, 'UserName', 'POSTGRES_USER')
  if (user.length === 0) {
    record.missing('Ip[0].UserName', 'is missing, and without it nobody can log in')
    return undefined
  }
  const settings = [
    { member: 'HEALTH_CHECK', value: 'postgres', place: record.place, note: TLS_NOTE },
    ...timing(parts),
    { member: 'HEALTH_RISE', value: 1, place: record.place },
    { member: 'HEALTH_FALL', value: 1, place: record.place },
    ...roleSettings(parts),
    ...user,
    ...sharedSetting(sections, 'Password', 'POSTGRES_PASSWORD'),
    ...databaseSettings(parts, user),
  ]
  return { targets, settings, sections, hasSource: false }
}

function sentinelsOf(sections: readonly Section[]): string {
  return targetsAt(sections, withPort)
    .map(({ text }) => text)
    .join(', ')
}

/** No list, but sentinels that tell who the master is. */
export function sentinelCheck({ record, options }: RecordParts): ImportedCheck | undefined {
  const master = options?.take('SentinelMonitorMasterName')
  const name = master?.text()
  const sections = addressesOf(record, 'Sentinels')
  const sentinels = sentinelsOf(sections)
  const addresses = record.take('Ip')
  if (!addresses?.isVoid) addresses?.lost('left out: the sentinels tell the address')
  const leftOut = 'is missing, and without it nobody tells the address'
  if (!name) (options ?? record).missing('SentinelMonitorMasterName', leftOut)
  if (sentinels === '') record.missing('Sentinels', leftOut)
  if (!master || !name || sentinels === '') return undefined
  const settings = [
    { member: 'SOURCE', value: `redis-sentinel:${name}`, place: master.place },
    { member: 'REDIS_SENTINELS', value: sentinels, place: record.place },
    ...sharedSetting(sections, 'Password', 'REDIS_SENTINEL_PASSWORD'),
  ]
  return { targets: [], settings, sections, hasSource: true }
}

import type { Section } from './section.js'
import { targetHost, type ImportedTarget, type Setting } from './target-groups.js'

/** A record, as far as its check has to know it. */
export interface RecordParts {
  readonly record: Section
  readonly options: Section | undefined
  /** Seconds between two checks; undefined for the usual time. */
  readonly intervalSeconds: number | undefined
}

/** How the targets of a record are found and checked. */
export interface ImportedCheck {
  readonly targets: readonly ImportedTarget[]
  readonly settings: readonly Setting[]
  /** What of the record was looked into, beside the options. */
  readonly sections: readonly Section[]
  /** Whether the targets come from elsewhere than a list. */
  readonly hasSource: boolean
}

/** The entries of `Ip` or `Sentinels`. */
export function addressesOf(record: Section, name: string): readonly Section[] {
  const items = record.take(name)?.items() ?? []
  return items.flatMap((item) => item.section('is ignored') ?? [])
}

/**
 * The targets that addresses are.
 * @param textOf gives what follows from the rest of the entry; undefined for no target, which it reports itself
 */
export function targetsAt(
  addresses: readonly Section[],
  textOf: (host: string, address: Section) => string | undefined,
): readonly ImportedTarget[] {
  return addresses.flatMap((address) => {
    const field = address.take('Addr')
    const host = field?.text()
    const text = textOf(targetHost(host ?? ''), address)
    if (field && host) return text === undefined ? [] : [{ text, field }]
    address.missing('Addr', 'is missing')
    return []
  })
}

/** `host:port` of an address whose check needs the port. */
export function withPort(host: string, address: Section): string | undefined {
  const port = address.text('Port')
  if (port) return `${host}:${port}`
  address.missing('Port', 'is missing, so that it is never reached; the address is left out')
  return undefined
}

/** A variable that a group has once, and each address for itself; those that differ from the first are reported. */
export function sharedSetting(
  addresses: readonly Section[],
  name: string,
  member: string,
): readonly Setting[] {
  const fields = addresses.flatMap((address) => address.take(name) ?? [])
  const [first, ...others] = fields
  const value = first?.text()
  if (!first || !value) return []
  for (const other of others)
    if (other.text() !== value)
      other.lost(`is another than that of the first address, and a group has one ${member}`)
  const setting = { member, value, place: first.place }
  return [name === 'Password' ? { ...setting, isSecret: true } : setting]
}

/** When checks are made. */
export function timing({ record, intervalSeconds }: RecordParts): readonly Setting[] {
  if (intervalSeconds === undefined) return []
  const value = Math.round(intervalSeconds * 1000)
  return [{ member: 'HEALTH_INTERVAL', value, place: record.place }]
}

/** How often a check must pass and fail. */
export function thresholds({ record, options }: RecordParts): readonly Setting[] {
  const retries = options?.take('RetryCount')
  const count = retries?.number() ?? 0
  const fall = { member: 'HEALTH_FALL', value: count + 1, place: retries?.place ?? record.place }
  const note =
    'HAnoProxY makes so many attempts without a pause; here there is a HEALTH_INTERVAL between them. A shorter one notices sooner.'
  return [
    { member: 'HEALTH_RISE', value: 1, place: record.place },
    count > 0 ? { ...fall, note } : fall,
  ]
}

/** Who answers when nobody is well. */
export function allDown({ record }: RecordParts): Setting {
  const note =
    'While none is healthy HAnoProxY answers with the first; here all of them serve, by ALGORITHM.'
  return { member: 'ALL_DOWN', value: 'all', place: record.place, note }
}

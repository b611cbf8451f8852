import type { EnvironmentFile } from './environment-file.js'
import type { Field } from './field.js'
import type { ImportedCheck, RecordParts } from './hanoproxy-addresses.js'
import { noCheck, postgresCheck, sentinelCheck, tcpCheck } from './hanoproxy-checks.js'
import { httpCheck } from './hanoproxy-http-check.js'
import type { Place } from './report.js'
import type { Section } from './section.js'
import {
  groupName,
  usableTargets,
  writeGroup,
  type ImportedGroup,
  type Setting,
} from './target-groups.js'

/** Every key of a record, of an entry of its `Ip` and `Sentinels`, and of its `Options`. */
export const RECORD_KEYS = ['Name', 'ServiceType', 'Ip', 'Sentinels', 'Options']
export const ADDRESS_KEYS = ['Addr', 'Port', 'UserName', 'Password', 'Url']
export const OPTION_KEYS = [
  'CheckForHealth',
  'LBmethod',
  'RetryCount',
  'Expected_Response_Code',
  'HttpMethod',
  'MasterOnly',
  'SlaveOnly',
  'DbName',
  'SentinelMonitorMasterName',
]

const CHECKS: ReadonlyMap<string, (parts: RecordParts) => ImportedCheck | undefined> = new Map([
  ['http', httpCheck],
  ['tcp', tcpCheck],
  ['postgres', postgresCheck],
  ['sentinel', sentinelCheck],
])

const ORDER_NOTE =
  'The first healthy address of the list serves, as was meant; HAnoProxY itself begins with the second, and comes to the ' +
  'first one last.'

/** The kind of check that a record has there. */
function serviceOf(type: Field | undefined, isChecked: boolean): string {
  const text = type?.text() ?? ''
  if (!isChecked) return ''
  if (!CHECKS.has(text) && text !== 'none' && text !== '')
    type?.lost(`is none of ${[...CHECKS.keys()].join(', ')}, so that nothing is checked there`)
  return text
}

function balancingSetting(record: Section, options: Section | undefined): Setting {
  const method = options?.take('LBmethod')
  const text = method?.text()
  const place = (method ?? record).place
  if (text === 'active-passive')
    return { member: 'ALGORITHM', value: 'SEQUENTIAL', place, note: ORDER_NOTE }
  const setting = { member: 'ALGORITHM', value: 'ROUND_ROBIN', place }
  if (!text || /^round[-_ ]?robin$/i.test(text)) return setting
  return {
    ...setting,
    note: `"${text}" is round robin for HAnoProxY, as all but active-passive is.`,
  }
}

/** What the group of a record is made of; undefined when it would have no targets, which is reported. */
function readGroup(
  record: Section,
  intervalSeconds: number | undefined,
): Pick<ImportedGroup, 'targets' | 'settings'> | undefined {
  const options = record.take('Options')?.section('is ignored')
  const isChecked = options?.take('CheckForHealth')?.flag() ?? false
  const service = serviceOf(record.take('ServiceType'), isChecked)
  const balancing = balancingSetting(record, options)
  const check = (CHECKS.get(service) ?? noCheck)({ record, options, intervalSeconds })
  const targets = usableTargets(check?.targets ?? [])
  const why = isChecked
    ? `means nothing to a record of ServiceType "${service}"`
    : 'means nothing while CheckForHealth is not true'
  for (const section of check?.sections ?? []) section.finish(ADDRESS_KEYS, why)
  options?.finish(OPTION_KEYS, why)
  record.finish(RECORD_KEYS, why)
  if (!check) return undefined
  const settings = [balancing, ...check.settings]
  if (targets.length > 0 || check.hasSource) return { targets, settings }
  record.missing('Ip', 'has no address that can be a target')
  return undefined
}

interface FreeName {
  readonly text: string
  readonly place: Place
}

/** Translates the records of a `hanoproxy.yaml`, each into a target group and a name of the zone. */
export class RecordImport {
  private readonly file: EnvironmentFile
  private readonly intervalSeconds: number | undefined
  private readonly names = new Map<string, Place>()
  private readonly groups = new Set<string>()

  /** @param intervalSeconds between two checks; undefined for the usual time */
  constructor(file: EnvironmentFile, intervalSeconds: number | undefined) {
    this.file = file
    this.intervalSeconds = intervalSeconds
  }

  /** One that has no name, or no address, is reported and left out. */
  add(record: Section): void {
    const name = this.freeName(record)
    const group = readGroup(record, this.intervalSeconds)
    if (name && group) this.write(name, group)
    else record.lost('the record is left out')
  }

  private write(
    { text, place }: FreeName,
    { targets, settings }: Pick<ImportedGroup, 'targets' | 'settings'>,
  ): void {
    this.names.set(text, place)
    const name = groupName(text, this.groups)
    this.groups.add(name)
    const number = this.groups.size
    this.file.heading(`${text} (${place.file}:${place.line})`)
    writeGroup(this.file, number, { name, place, targets, settings })
    this.file.set(`DNS_RECORD_${number}_NAME`, text, place)
    this.file.set(`DNS_RECORD_${number}_TARGET_GROUP`, name, place)
  }

  private freeName(record: Section): FreeName | undefined {
    const field = record.take('Name')
    const text = field?.text()?.toLowerCase()
    if (!field || !text) {
      record.missing('Name', 'is empty, and there is no record for every other name')
      return undefined
    }
    const rule = this.file.ruleAgainst('DNS_RECORD_1_NAME', text)
    const other = this.names.get(text)
    if (rule !== undefined) field.lost(rule)
    else if (other) field.lost(`is the name of the record in line ${other.line}, which stays`)
    return rule === undefined && !other ? { text, place: field.place } : undefined
  }
}

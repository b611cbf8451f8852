import type { EnvironmentFile } from './environment-file.js'
import type { Field } from './field.js'
import { translateCheck, type ImportedCheck } from './redirector-check.js'
import type { Place } from './report.js'
import type { Section } from './section.js'
import {
  groupName,
  usableTargets,
  writeGroup,
  type ImportedGroup,
  type ImportedTarget,
  type Setting,
} from './target-groups.js'

/** Every key of a balancer; all are required. */
export const BALANCER_KEYS = ['name', 'local_host', 'backend_hosts', 'strategy', 'healthcheck']

/** What a strategy is called here; there it never returns to a target that is back. */
const STRATEGIES: ReadonlyMap<string, readonly [member: string, value: string][]> = new Map([
  [
    'sequential',
    [
      ['ALGORITHM', 'SEQUENTIAL'],
      ['FAILBACK', 'false'],
    ],
  ],
  ['random', [['ALGORITHM', 'RANDOM']]],
])

interface Balancer extends Pick<ImportedGroup, 'targets' | 'settings'> {
  readonly name: Field
  readonly host: { readonly name: string; readonly place: Place }
}

/** Translates a Redirector's balancers, each into a target group and an entry of the hosts file. */
export class BalancerImport {
  private readonly file: EnvironmentFile
  private readonly names = new Map<string, Place>()
  private readonly groups = new Set<string>()
  private readonly hosts = new Map<string, Place>()

  constructor(file: EnvironmentFile) {
    this.file = file
  }

  /** Whether there is none that could be used. */
  get isEmpty(): boolean {
    return this.groups.size === 0
  }

  /** One that Redirector itself would not start with is reported, and left out. */
  add(section: Section): void {
    const balancer = this.read(section)
    if (balancer) this.write(balancer)
    else section.lost('the balancer is left out')
  }

  private read(section: Section): Balancer | undefined {
    if (section.lacks(BALANCER_KEYS)) return undefined
    const name = section.take('name')
    const host = this.freeHost(section.take('local_host'))
    const strategy = strategySettings(section.take('strategy'))
    const healthcheck = section.take('healthcheck')?.section('counts')
    const check = healthcheck && translateCheck(healthcheck)
    const targets = targetsOf(section.take('backend_hosts'), check)
    section.finish(BALANCER_KEYS, '')
    if (name?.text() === undefined || !host || !strategy || !check || targets.length === 0)
      return undefined
    return { name, host, targets, settings: [...strategy, ...check.settings] }
  }

  private write({ name, host, targets, settings }: Balancer): void {
    const { place } = name
    const called = name.text() ?? ''
    this.hosts.set(host.name, host.place)
    const number = this.groups.size + 1
    const group = this.uniqueName(name, called)
    this.file.heading(`${called} (${place.file})`)
    writeGroup(this.file, number, { name: group, place, targets, settings })
    this.file.set(`HOSTS_ENTRY_${number}_HOSTNAME`, host.name, host.place)
    this.file.set(`HOSTS_ENTRY_${number}_TARGET_GROUP`, group, place)
  }

  private uniqueName(field: Field, name: string): string {
    const other = this.names.get(name)
    if (other) field.lost(`is also the name of ${other.file}; the second group gets another one`)
    else this.names.set(name, field.place)
    const group = groupName(name, this.groups)
    this.groups.add(group)
    return group
  }

  private freeHost(field: Field | undefined): Balancer['host'] | undefined {
    const text = field?.text()
    if (!field || text === undefined) return undefined
    const name = text.toLowerCase()
    const rule = this.file.ruleAgainst('HOSTS_ENTRY_1_HOSTNAME', name)
    const other = this.hosts.get(name)
    if (rule !== undefined) field.lost(rule)
    else if (other) field.lost(`is also the name in ${other.file}, whose entry stays`)
    return rule === undefined && !other ? { name, place: field.place } : undefined
  }
}

function strategySettings(field: Field | undefined): readonly Setting[] | undefined {
  const pairs = STRATEGIES.get(field?.text() ?? '')
  if (!pairs) field?.lost('must be sequential or random')
  return field && pairs?.map(([member, value]) => ({ member, value, place: field.place }))
}

function targetsOf(
  backends: Field | undefined,
  check: ImportedCheck | undefined,
): readonly ImportedTarget[] {
  const fields = backends?.items() ?? []
  const targets = fields.flatMap((field) => {
    const host = field.text()
    return host === undefined ? [] : [{ field, text: check?.targetOf(host) ?? host }]
  })
  const usable = usableTargets(targets)
  if (usable.length === 0) backends?.lost('has no host that can be a target')
  return usable
}

import { isIP } from 'node:net'
import type { DnsRecord, DnsSettings } from '../faces/dns/settings.js'
import { checkForwarders, forwardingSettings } from './dns-forwarding.js'
import { dnsRecords, type dnsVariables } from './dns-variables.js'
import { readFamily, type FamilyMember } from './family.js'
import { checkGroup } from './group-reference.js'
import type { Findings } from './problem.js'
import type { Reading, Values } from './variable.js'

/** The variables of the DNS face as read. */
export type DnsReading = Pick<Reading<typeof dnsVariables>, 'given' | 'partial'>

/** One name of the zone as read. */
export type DnsRecordMember = FamilyMember<typeof dnsRecords.members>

const LONGEST_NAME = 253
const EVERY_ADDRESS = ['0.0.0.0', '::']

function wholeName(name: string, zone: string): string {
  return name === '@' ? zone : `${name}.${zone}`
}

function isInside(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`)
}

/** The addresses of the name server: those given, or the one that is listened on when it is one. */
function nameServerAddresses({
  DNS_NS_ADDRESS,
  DNS_HOST,
}: Pick<DnsReading['partial'], 'DNS_NS_ADDRESS' | 'DNS_HOST'>): readonly string[] {
  if (DNS_NS_ADDRESS !== undefined) return DNS_NS_ADDRESS
  const isOne = DNS_HOST !== undefined && isIP(DNS_HOST) !== 0 && !EVERY_ADDRESS.includes(DNS_HOST)
  return isOne ? [DNS_HOST] : []
}

function checkNameServer(
  { given, partial }: DnsReading,
  zone: string,
  names: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const name = partial.DNS_NS ?? `ns.${zone}`
  const owner = names.get(name)
  if (!isInside(name, zone)) {
    if (given.DNS_NS_ADDRESS !== undefined)
      findings.warning(
        'DNS_NS_ADDRESS',
        given.DNS_NS_ADDRESS,
        `is not told: ${name} is not in ${zone}`,
      )
  } else if (owner !== undefined) {
    if (given.DNS_NS_ADDRESS !== undefined)
      findings.problem(
        'DNS_NS_ADDRESS',
        given.DNS_NS_ADDRESS,
        `${owner} gives ${name} its addresses`,
      )
  } else if (nameServerAddresses(partial).length === 0)
    findings.warning(
      'DNS_NS_ADDRESS',
      undefined,
      `is not set: the name server ${name} has no address`,
    )
}

function checkZone({ partial, given }: DnsReading, findings: Findings): void {
  const { DNS_ZONE: zone } = partial
  if (zone !== undefined && isInside(zone, 'local'))
    findings.warning(
      'DNS_ZONE',
      given.DNS_ZONE,
      'many clients ask for names below local by multicast DNS and never here; use a zone below internal or home.arpa, or of an own domain',
    )
}

function checkName(
  { prefix, partial: { NAME } }: DnsRecordMember,
  zone: string,
  names: Map<string, string>,
  findings: Findings,
): void {
  if (NAME === undefined) return
  const name = wholeName(NAME, zone)
  const owner = names.get(name)
  if (owner !== undefined)
    findings.problem(`${prefix}NAME`, NAME, `${owner} is the same name already`)
  else names.set(name, `${prefix}NAME`)
  if (name.length > LONGEST_NAME)
    findings.problem(
      `${prefix}NAME`,
      NAME,
      `is too long: ${name} has more than ${LONGEST_NAME} characters`,
    )
  if (isInside(NAME, zone))
    findings.warning(`${prefix}NAME`, NAME, `is relative to the zone: what is answered is ${name}`)
}

/**
 * Reads and checks the names of the zone, by their numbers, with what no variable of the DNS face can tell alone.
 * @param groups names that may be used
 */
export function readDnsRecords(
  environment: NodeJS.ProcessEnv,
  dns: DnsReading,
  groups: ReadonlySet<string>,
  findings: Findings,
): readonly DnsRecordMember[] {
  const members = readFamily(dnsRecords, environment, findings)
  const zone = dns.partial.DNS_ZONE
  if (zone === undefined && dns.given.DNS_ZONE === undefined && members.length > 0)
    findings.problem('DNS_ZONE', undefined, 'is required with DNS_RECORD_<N>_NAME')
  checkZone(dns, findings)
  checkForwarders(dns, findings)
  const names = new Map<string, string>()
  for (const member of members) {
    const { prefix, partial } = member
    checkGroup(`${prefix}TARGET_GROUP`, partial.TARGET_GROUP, groups, findings)
    if (zone !== undefined) checkName(member, zone, names, findings)
  }
  if (zone !== undefined) checkNameServer(dns, zone, names, findings)
  return members
}

function record(
  number: number,
  { NAME, TARGET_GROUP, ANSWERS }: Values<typeof dnsRecords.members>,
  zone: string,
): DnsRecord {
  return { number, name: wholeName(NAME, zone), targetGroup: TARGET_GROUP, answers: ANSWERS }
}

/** The DNS face of a zone; undefined when there is none. */
export function dnsSettings(
  values: Values<typeof dnsVariables>,
  members: readonly DnsRecordMember[],
): DnsSettings | undefined {
  const { DNS_ZONE: zone } = values
  if (zone === undefined) return undefined
  const records = members.flatMap(({ number, whole }) =>
    whole ? [record(number, whole, zone)] : [],
  )
  const nameServer = values.DNS_NS ?? `ns.${zone}`
  const ownsAddresses =
    isInside(nameServer, zone) && !records.some(({ name }) => name === nameServer)
  return {
    host: values.DNS_HOST,
    port: values.DNS_PORT,
    zone,
    ttlSeconds: values.DNS_TTL,
    nameServer,
    nameServerAddresses: ownsAddresses ? nameServerAddresses(values) : [],
    hostmaster: values.DNS_HOSTMASTER ?? `hostmaster.${zone}`,
    records,
    allowRecursion: values.DNS_ALLOW_RECURSION,
    forwarding: forwardingSettings(values),
  }
}

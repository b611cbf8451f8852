import { DEFAULT_HOST_WEIGHT, HIGHEST_HOST_WEIGHT } from '../defaults.js'
import type { StackHost, StackHosts } from '../document.js'
import type { JsonField, JsonObject } from '../json-field.js'
import { MOST_HOSTS, MOST_STACKS } from '../limits.js'
import { quoted } from '../problems.js'
import { isStackAndFlavor } from '../values.js'
import { readJson, writeJson } from './json.js'
import type { Legacy } from './notes.js'

/** Hosts by the application that runs on them. */
export type HostsByApplication = ReadonlyMap<string, readonly StackHosts[]>

/** Absent, blank and the text `null` are the same in old files. */
function addressOf(object: JsonObject, key: string): string | undefined {
  const field = object.at(key)
  const text = !field || field.isNull ? '' : field.text().trim()
  return text === '' || text === 'null' ? undefined : text
}

function weightOf(object: JsonObject): number {
  const field = object.at('weight')
  if (!field || field.isNull) return DEFAULT_HOST_WEIGHT
  const weight = field.isText ? Number(field.text() || NaN) : field.number()
  if (Number.isFinite(weight)) return Math.min(Math.max(Math.round(weight), 0), HIGHEST_HOST_WEIGHT)
  field.complain('HostWeightInvalid', `is no number; ${DEFAULT_HOST_WEIGHT} is taken`)
  return DEFAULT_HOST_WEIGHT
}

/** Older files have `ip:port`, or `ipv4,ipv6`. */
function readHostText(text: string): Omit<StackHost, 'weight'> {
  const [first = '', second = ''] = text.split(',')
  const ipv4 = first.split(':')[0]?.trim()
  const ipv6 = second.trim()
  return { ...(ipv4 && { ipv4 }), ...(ipv6 && ipv6 !== 'null' && { ipv6 }) }
}

function readHostObject(field: JsonField): StackHost | undefined {
  const object = field.object()
  if (!object) return undefined
  const [ipv4, ipv6] = [addressOf(object, 'ipv4'), addressOf(object, 'ipv6')]
  const weight = weightOf(object)
  return { ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }), weight }
}

function readHost(field: JsonField): readonly StackHost[] {
  const host = field.isText
    ? { ...readHostText(field.text()), weight: DEFAULT_HOST_WEIGHT }
    : readHostObject(field)
  if (!host) return []
  if (host.ipv4 !== undefined || host.ipv6 !== undefined) return [host]
  field.complain('HostAddressMissed', 'has no address; left out')
  return []
}

function readStack(field: JsonField, found: Map<string, StackHosts[]>): void {
  if (field.isNull) return
  const object = field.object()
  if (!object) return
  const text = object.neededText('path')
  const slash = text.lastIndexOf('/')
  const [path, application] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)]
  if (!isStackAndFlavor(path) || application === '') {
    field.complain('HostPathInvalid', `${quoted(text)} is not /DC/AZ/flavor/application; left out`)
    return
  }
  const stacks = found.get(application) ?? []
  stacks.push({ path, hosts: object.items('hosts', MOST_HOSTS).flatMap(readHost) })
  found.set(application, stacks)
}

/** Reads `stacks.json` or `manualbackup.json`: the hosts of one or several applications. */
export function readStacks(text: string): Legacy<HostsByApplication> {
  return readJson(text, (field) => {
    const found = new Map<string, StackHosts[]>()
    const object = field.object()
    for (const each of object?.items('snapshotList', MOST_STACKS) ?? []) readStack(each, found)
    return object && found
  })
}

/** Writes what `readStacks` reads. */
export function writeStacks(hosts: HostsByApplication): string {
  const snapshotList = [...hosts].flatMap(([application, stacks]) =>
    stacks.map(({ path, hosts: found }) => ({
      path: `${path}/${application}`,
      hosts: found.map(({ ipv4, ipv6, weight }) => ({
        ipv4: ipv4 ?? null,
        ipv6: ipv6 ?? null,
        weight: String(weight),
      })),
    })),
  )
  return writeJson({ version: 0, snapshotList })
}

import { DEFAULT_HOST_WEIGHT, DEFAULT_SETTINGS } from './defaults.js'
import type { ApplicationModel, NamespacedList, StackHosts } from './document.js'
import {
  without,
  writeDestination,
  writeServer,
  writeUrlResult,
  type JsonRecord,
} from './write-results.js'
import { writeRules, writeTemplates } from './write-rules.js'

/** The entries that are not empty. */
function filled(entries: JsonRecord): JsonRecord {
  const isFilled = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || Object.keys(value).length > 0
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => isFilled(value)))
}

/** The JSON form of an application's model, without what `readModel` fills in. */
export function writeModel(model: ApplicationModel): JsonRecord {
  const { distribution, defaultServer, urlDefaults, whitelist, settings } = model
  return filled({
    rules: writeRules(model.rules, writeDestination),
    templates: writeTemplates(model.templates),
    distribution: distribution.map((slice) => ({ ...slice, server: writeServer(slice.server) })),
    defaultServer: writeServer(defaultServer),
    urlRules: writeRules(model.urlRules, writeUrlResult),
    urlTemplates: writeTemplates(model.urlTemplates),
    urlDefaults,
    whitelist,
    settings: without({ ...DEFAULT_SETTINGS }, { ...settings }),
  })
}

/** The JSON form of the lists that applications share, without what `readLists` fills in. */
export function writeLists(lists: readonly NamespacedList[]): readonly JsonRecord[] {
  return lists.map((list) => without({ description: '', type: 'text' }, { ...list }))
}

/** The JSON form of the hosts that are stored with an application, without what `readHosts` fills in. */
export function writeHosts(stacks: readonly StackHosts[]): readonly JsonRecord[] {
  return stacks.map(({ path, hosts }) => ({
    path,
    hosts: hosts.map((host) => without({ weight: DEFAULT_HOST_WEIGHT }, { ...host })),
  }))
}

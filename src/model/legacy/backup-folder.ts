import { LEGACY_SETTINGS } from '../defaults.js'
import type { ApplicationModel, DocumentProblem, NamespacedList, StackHosts } from '../document.js'
import { MOST_RULES } from '../limits.js'
import { quoted } from '../problems.js'
import { readModel } from '../read-model.js'
import { writeModel } from '../write-model.js'
import { readStacks, writeStacks, type HostsByApplication } from './hosts.js'
import { readJson, writeJson } from './json.js'
import { readNamespacedLists, writeFullNamespacedLists, writeNamespacedLists } from './lists.js'
import type { Legacy, Written } from './notes.js'
import { readSelectServer, readUrlRules, readWhitelist } from './read-documents.js'
import {
  settingsNotWritten,
  writeSelectServer,
  writeUrlRules,
  writeWhitelist,
} from './write-documents.js'

/** An application of a backup folder. */
export interface BackedUpApplication {
  readonly name: string
  readonly model: ApplicationModel
  readonly hosts: readonly StackHosts[]
  /** Undefined when the folder does not tell it. */
  readonly version?: number
}

/** What a backup folder tells. */
export interface Backup {
  readonly applications: readonly BackedUpApplication[]
  readonly lists: readonly NamespacedList[]
}

/** Something about a file of the folder: what is wrong, was changed or is missing. */
export interface FileNote extends DocumentProblem {
  /** Relative to the folder, with `/`. */
  readonly file: string
}

/** Files by their paths, relative to the folder, with `/`. */
export type Files = ReadonlyMap<string, string>

const FILES = {
  applications: 'applications.json',
  lists: 'namespacedlists.json',
  fullLists: 'namespacedlists-backup.json',
  stacks: 'stacks.json',
} as const

const APPLICATION_FILES = {
  selectServer: 'selectserver.xml',
  urlRules: 'urlrules.xml',
  whitelist: 'whitelist.xml',
  metadata: 'modelmetadata.json',
  hosts: 'manualbackup.json',
} as const

/** Files of a folder, which remembers what was to be said about them. */
class Folder {
  readonly notes: FileNote[] = []
  private readonly files: Files
  private readonly unread: Set<string>

  constructor(files: Files) {
    this.files = files
    this.unread = new Set(files.keys())
  }

  has(file: string): boolean {
    return this.files.has(file)
  }

  note(file: string, code: string, message: string): void {
    this.notes.push({ file, code, path: '', message })
  }

  /** Undefined when the file is missing or cannot be read, which is noted. */
  read<Content>(file: string, read: (text: string) => Legacy<Content>): Content | undefined {
    this.unread.delete(file)
    const text = this.files.get(file)
    if (text === undefined) {
      this.note(file, 'FileMissing', 'is missing')
      return undefined
    }
    const legacy = read(text.replace(/^\uFEFF/, ''))
    const notes = 'content' in legacy ? legacy.notes : legacy.problems
    this.notes.push(...notes.map((note) => ({ ...note, file })))
    if ('content' in legacy) return legacy.content
    this.note(file, 'FileUnreadable', 'cannot be read; it is left out')
    return undefined
  }

  /** Reports every file that nobody asked for. */
  finish(): void {
    for (const file of this.unread)
      this.note(file, 'FileIgnored', 'is not read: it has nothing that a gateway needs')
  }
}

function readApplications(text: string): Legacy<readonly string[]> {
  return readJson(text, (field) => field.object()?.need('apps')?.texts(MOST_RULES))
}

/** A number, alone or as the version of an object. */
function readVersion(text: string): Legacy<number> {
  return readJson(text, (field) => {
    if (field.isNumber) return field.whole()
    const version = field.object()?.need('version')
    return version && version.whole()
  })
}

function namesIn(folder: Folder, files: Files): readonly string[] {
  const names = folder.read(FILES.applications, readApplications)
  if (names) return [...new Set(names)]
  const suffix = `/${APPLICATION_FILES.selectServer}`
  return [...files.keys()]
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .filter((name) => !name.includes('/'))
}

function readLists(folder: Folder): readonly NamespacedList[] {
  const full = folder.has(FILES.fullLists)
    ? folder.read(FILES.fullLists, readNamespacedLists)
    : undefined
  // The short form tells nothing that the full one does not; it is read all the same, for what is wrong in it.
  const short = folder.read(FILES.lists, readNamespacedLists)
  return full ?? short ?? []
}

function readHosts(
  folder: Folder,
  name: string,
  stacks: HostsByApplication,
): readonly StackHosts[] {
  const file = `${name}/${APPLICATION_FILES.hosts}`
  const own = folder.has(file) ? folder.read(file, readStacks)?.get(name) : undefined
  const hosts = own ?? stacks.get(name) ?? []
  if (hosts.length === 0)
    folder.note(file, 'HostsMissing', `no file tells hosts of ${quoted(name)}`)
  return hosts
}

/** What is read of an application must be what can be stored. */
function bounded(
  folder: Folder,
  file: string,
  model: ApplicationModel,
): ApplicationModel | undefined {
  const read = readModel(writeModel(model))
  if ('content' in read) return read.content
  folder.notes.push(...read.problems.map((problem) => ({ ...problem, file })))
  folder.note(file, 'FileUnreadable', 'is larger than a model can be; it is left out')
  return undefined
}

function readApplication(
  folder: Folder,
  name: string,
  stacks: HostsByApplication,
): readonly BackedUpApplication[] {
  const file = `${name}/${APPLICATION_FILES.selectServer}`
  const selected = folder.read(file, (text) => readSelectServer(text))
  const urls = folder.read(`${name}/${APPLICATION_FILES.urlRules}`, (text) => readUrlRules(text))
  const whitelist = folder.read(`${name}/${APPLICATION_FILES.whitelist}`, readWhitelist)
  const version = folder.read(`${name}/${APPLICATION_FILES.metadata}`, readVersion)
  const hosts = readHosts(folder, name, stacks)
  if (selected && !selected.defaultServer)
    folder.note(file, 'ServerIsMissed', 'there is no default server')
  if (!selected?.defaultServer || !urls || !whitelist) {
    folder.note(
      file,
      'ApplicationLeftOut',
      `the model of ${quoted(name)} is not whole; it is left out`,
    )
    return []
  }
  const { rules, distribution, defaultServer } = selected
  const model = bounded(folder, file, {
    ...{ rules, distribution, defaultServer, whitelist, ...urls },
    ...{ templates: [], urlTemplates: [], settings: LEGACY_SETTINGS },
  })
  return model ? [{ name, model, hosts, ...(version !== undefined && { version }) }] : []
}

/**
 * Reads the files of a folder in which a Redirector gateway or its web service keeps the last known good models. What is
 * missing or wrong is noted, and the rest is read; an application without one of its three XML files is left out.
 */
export function readBackupFolder(files: Files): Backup & { readonly notes: readonly FileNote[] } {
  const folder = new Folder(files)
  const names = namesIn(folder, files)
  const lists = readLists(folder)
  const stacks = folder.read(FILES.stacks, readStacks) ?? new Map<string, readonly StackHosts[]>()
  const applications = names.flatMap((name) => readApplication(folder, name, stacks))
  folder.finish()
  return { applications, lists, notes: folder.notes }
}

/** Writes such a folder, with hosts both ways, for applications that discover them and for those that do not. */
export function writeBackupFolder({ applications, lists }: Backup): {
  readonly files: Files
  readonly notes: readonly FileNote[]
} {
  const files = new Map<string, string>()
  const notes: FileNote[] = []
  const put = (file: string, { text, notes: found }: Written): void => {
    files.set(file, text)
    notes.push(...found.map((note) => ({ ...note, file })))
  }
  for (const { name, model, hosts, version = 0 } of applications) {
    const written = writeSelectServer(model)
    const settings = settingsNotWritten(model.settings)
    put(`${name}/${APPLICATION_FILES.selectServer}`, {
      ...written,
      notes: [...written.notes, ...settings],
    })
    put(`${name}/${APPLICATION_FILES.urlRules}`, writeUrlRules(model))
    put(`${name}/${APPLICATION_FILES.whitelist}`, writeWhitelist(model.whitelist))
    files.set(`${name}/${APPLICATION_FILES.metadata}`, writeJson({ version }))
    files.set(`${name}/${APPLICATION_FILES.hosts}`, writeStacks(new Map([[name, hosts]])))
  }
  files.set(FILES.applications, writeJson({ apps: applications.map(({ name }) => name) }))
  files.set(FILES.lists, writeNamespacedLists(lists))
  files.set(FILES.fullLists, writeFullNamespacedLists(lists))
  files.set(
    FILES.stacks,
    writeStacks(new Map(applications.map(({ name, hosts }) => [name, hosts]))),
  )
  return { files, notes }
}

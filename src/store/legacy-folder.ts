import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeCodeOf, systemReason } from '../core/node-errors.js'
import { readBackupFolder, type Backup, type FileNote } from '../model/legacy/backup-folder.js'

/** No file of a model is longer; others are not read. */
const LARGEST_BYTES = 64 << 20

/** What a backup folder of Redirector tells, and what is to be said about its files. */
export interface LegacyFolder extends Backup {
  readonly notes: readonly FileNote[]
  /** When the newest of its files was written, in milliseconds since 1970-01-01 UTC. */
  readonly savedAtMs: number
}

const MODEL_FILE = /\.(?:xml|json)$/

/** XML and JSON files in a folder and in those directly in it, relative to it. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) files.push(entry.name)
    if (!entry.isDirectory()) continue
    const inside = await readdir(join(folder, entry.name), { withFileTypes: true })
    files.push(...inside.flatMap((each) => (each.isFile() ? `${entry.name}/${each.name}` : [])))
  }
  return files.filter((name) => MODEL_FILE.test(name)).sort()
}

async function textOf(path: string): Promise<{ readonly text: string; readonly atMs: number }> {
  const file = await open(path, 'r')
  try {
    const { size, mtimeMs } = await file.stat()
    if (size > LARGEST_BYTES) throw new Error(`it is longer than ${LARGEST_BYTES} bytes`)
    return { text: await file.readFile('utf8'), atMs: mtimeMs }
  } finally {
    await file.close()
  }
}

/**
 * Reads a folder in which a Redirector gateway or its web service keeps the last known good models.
 * @throws what the system says when the folder cannot be read; files that cannot be are noted
 */
export async function readLegacyFolder(folder: string): Promise<LegacyFolder> {
  const texts = new Map<string, string>()
  const unreadable: FileNote[] = []
  let savedAtMs = 0
  for (const file of await filesIn(folder)) {
    try {
      const { text, atMs } = await textOf(join(folder, file))
      texts.set(file, text)
      savedAtMs = Math.max(savedAtMs, atMs)
    } catch (error) {
      const message = `cannot be read: ${systemReason(error)}`
      unreadable.push({ file, code: 'FileUnreadable', path: '', message })
    }
  }
  const backup = readBackupFolder(texts)
  return { ...backup, notes: [...unreadable, ...backup.notes], savedAtMs }
}

/** Whether there is such a folder, with a model of at least one application in it. */
export async function isLegacyFolder(folder: string): Promise<boolean> {
  try {
    return (await filesIn(folder)).some((file) => file.endsWith('/selectserver.xml'))
  } catch (error) {
    if (nodeCodeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** What is to be said about a file, in one line: `shop/urlrules.xml /urlRules/if[2]: … (PortIsInvalid)`. */
export function lineOf({ file, path, code, message }: FileNote): string {
  return `${file}${path === '' ? '' : ` ${path}`}: ${message} (${code})`
}

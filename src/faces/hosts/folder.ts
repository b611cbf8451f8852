import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { nodeCodeOf } from '../../core/node-errors.js'

/** What we keep beside a hosts file, by the end of its name. */
export type Companion = 'tmp' | 'journal' | 'lock'

/** The path of a companion of the hosts file: `/etc/.hosts.pointsman.lock`. */
export function companionOf(path: string, companion: Companion): string {
  return join(dirname(path), `.${basename(path)}.pointsman.${companion}`)
}

/** Makes sure that what was created, renamed and removed there outlives a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } catch (error) {
    // Some file systems know no such thing.
    if (nodeCodeOf(error) !== 'EINVAL') throw error
  } finally {
    await folder.close()
  }
}

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/ports.js'
import type { Backup, FileNote } from '../model/legacy/backup-folder.js'
import { FileStore } from '../store/file.js'
import { readLegacyFolder } from '../store/legacy-folder.js'
import type { StoreReport } from '../store/model-store.js'
import { storedIn } from './stored.js'

/** What a folder holds, and what is to be said about its files. */
export interface ModelFolder extends Backup {
  readonly notes: readonly FileNote[]
}

/** A folder that `MODEL_STORE=file:…` names, which backup folders of Redirector never look like. */
async function isStore(path: string): Promise<boolean> {
  const [store, backup] = await Promise.all(
    ['applications', 'applications.json'].map((name) =>
      stat(join(path, name)).catch(() => undefined),
    ),
  )
  return store !== undefined && store.isDirectory() && !backup
}

async function readStoreFolder(
  directory: string,
  { clock, report }: { readonly clock: Clock; readonly report: StoreReport },
): Promise<ModelFolder> {
  const store = new FileStore({ directory, clock, report })
  const { models, hosts, lists, notes } = await storedIn(store)
  const applications = [...models].map(([name, { content }]) => {
    return { name, model: content, hosts: hosts.get(name) ?? [] }
  })
  return { applications, lists: lists?.content ?? [], notes }
}

/**
 * Reads a folder of models: a store's, or a backup folder of Redirector.
 * @throws what the system says when the folder cannot be read; PointsmanError STORE_LOST when a store's cannot; files that cannot
 * be are noted
 */
export async function readModelFolder(
  path: string,
  surroundings: { readonly clock: Clock; readonly report: StoreReport },
): Promise<ModelFolder> {
  return (await isStore(path)) ? readStoreFolder(path, surroundings) : readLegacyFolder(path)
}

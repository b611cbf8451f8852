import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import { nodeCodeOf, systemReason } from '../core/node-errors.js'
import type { Clock } from '../core/ports.js'
import { folderNames, fileNameOf } from './file-name.js'
import { FolderWatch } from './folder-watch.js'
import { Generations, GENERATIONS } from './generations.js'
import { readKeptModel } from './kept-state.js'
import type { StoreReport } from './model-store.js'
import {
  BUNDLE_ENDING,
  readSignedBundle,
  type KnownApplication,
  type ModelBundle,
} from './signed-bundle.js'
import { Troubles } from './troubles.js'

/** A file may be half copied when it is looked at; it is read when it has lain still for so long. */
const UNSETTLED_MS = 300

/** No bundle is larger; it keeps a file that was put there by mistake out of memory. */
const LARGEST_BYTES = 256 << 20

/** What a folder of bundles is given. */
export interface BundleFolderOptions {
  readonly directory: string
  /** Ed25519, in PEM. */
  readonly publicKey: string
  readonly clock: Clock
  readonly report: StoreReport
}

/** A bundle that somebody has put into the folder. */
export interface FoundBundle {
  readonly path: string
  readonly bundle: ModelBundle
}

/**
 * Reads a bundle from its file.
 * @throws PointsmanError BUNDLE_REFUSED, whose message begins with the path
 */
export async function readBundleFile(path: string, publicKey: string): Promise<ModelBundle> {
  try {
    const stats = await stat(path)
    if (!stats.isFile() || stats.size > LARGEST_BYTES)
      throw new PointsmanError('BUNDLE_REFUSED', `is no file, or over ${LARGEST_BYTES} bytes`)
    return readSignedBundle(await readFile(path, 'utf8'), publicKey)
  } catch (error) {
    const why = error instanceof PointsmanError ? error.message : systemReason(error)
    throw new PointsmanError('BUNDLE_REFUSED', `${path} ${why}`, error)
  }
}

/** What is kept as last known good in a folder, by application. */
export async function readKeptApplications(
  directory: string,
): Promise<ReadonlyMap<string, KnownApplication>> {
  const known = new Map<string, KnownApplication>()
  for (const name of await folderNames(join(directory, 'applications'))) {
    const history = new Generations(join(directory, 'applications', fileNameOf(name)), GENERATIONS)
    const { bundle } = await history.newest(({ content }) => {
      return 'problems' in readKeptModel(content) ? 'is no kept model' : undefined
    })
    const read = bundle && readKeptModel(bundle.content)
    if (!read || !('content' in read)) continue
    const { stored, lists } = read.content
    const { version, content: model } = stored
    known.set(name, { version, model, lists, asOfMs: bundle.savedAtMs })
  }
  return known
}

/** Finds the bundles that are put into a folder. */
export class BundleFolder {
  private readonly options: BundleFolderOptions
  private readonly troubles: Troubles
  /** By name, what each file was like when it was read. */
  private readonly seen = new Map<string, string>()

  constructor(options: BundleFolderOptions) {
    this.options = options
    this.troubles = new Troubles(options.report)
  }

  /** Tells each bundle that can be trusted, those that are there first; others are reported. Ends when `signal` aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<FoundBundle, void> {
    const { directory, clock } = this.options
    const changes = new FolderWatch([directory], clock)
    try {
      while (!signal.aborted) {
        for (const name of await this.names()) yield* this.found(name)
        await changes.change(signal)
      }
    } finally {
      changes.close()
    }
  }

  private async names(): Promise<readonly string[]> {
    const { directory } = this.options
    try {
      const names = (await readdir(directory)).filter((name) => name.endsWith(BUNDLE_ENDING))
      this.troubles.tell(directory, undefined)
      for (const name of [...this.seen.keys()].filter((each) => !names.includes(each))) {
        this.seen.delete(name)
        this.troubles.tell(join(directory, name), undefined)
      }
      return names.sort()
    } catch (error) {
      const words = `${directory}: ${systemReason(error)}`
      const isThere = nodeCodeOf(error) !== 'ENOENT'
      this.troubles.tell(directory, isThere ? new PointsmanError('STORE_LOST', words) : undefined)
      return []
    }
  }

  private async *found(name: string): AsyncGenerator<FoundBundle, void> {
    const { directory, publicKey } = this.options
    const path = join(directory, name)
    const state = await stateOf(path)
    if (state === undefined || state === this.seen.get(name)) return
    this.seen.set(name, state)
    try {
      const bundle = await readBundleFile(path, publicKey)
      this.troubles.tell(path, undefined)
      yield { path, bundle }
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      this.troubles.tell(path, error)
    }
  }
}

/** Tells a file from itself at another time; undefined while it is gone, or may still be written. */
async function stateOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    if (Math.abs(Date.now() - mtimeMs) < UNSETTLED_MS) return undefined
    return [ino, size, mtimeMs].join(' ')
  } catch {
    return undefined
  }
}

import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import { nodeCodeOf, systemReason } from '../core/node-errors.js'
import { readBundle, writeBundle, type Bundle } from './bundle.js'
import { linkDurably, makeFolder, writeDurably } from './durable-file.js'

/** So many versions of a document are kept unless told otherwise. */
export const GENERATIONS = 20

/** What a process that was killed has left is removed after so long; one that only stands still goes on before that. */
const STALE_MS = 24 * 60 * 60 * 1000

/** A version that cannot be read. */
export interface Damage {
  readonly version: number
  readonly error: PointsmanError
}

/** What is newest in a history. */
export interface Newest {
  /** Of the newest generation, whole or not; -1 when there is none. */
  readonly version: number
  /** The newest that is whole. */
  readonly bundle: Bundle | undefined
  /** Those that are newer than it. */
  readonly damaged: readonly Damage[]
}

/** Removes files that nobody can still be writing, by how their names begin. */
export async function removeStale(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    try {
      if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) await rm(path, { force: true })
    } catch (error) {
      if (nodeCodeOf(error) !== 'ENOENT') throw error
    }
  }
}

/**
 * The versions of one document, each in a file of its own that is named after it and never written again. A version
 * exists as soon as its file has its name, which one process alone can give to it.
 */
export class Generations {
  readonly folder: string
  private readonly most: number

  /** @param most so many are kept; 2 or more */
  constructor(folder: string, most: number) {
    this.folder = folder
    this.most = most
  }

  pathOf(version: number): string {
    return join(this.folder, `${version}.json`)
  }

  /** Oldest first. */
  async versions(): Promise<readonly number[]> {
    try {
      return (await readdir(this.folder))
        .flatMap((name) => /^(0|[1-9]\d{0,14})\.json$/.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b)
    } catch (error) {
      if (nodeCodeOf(error) === 'ENOENT') return []
      throw error
    }
  }

  /** @param refuse says what is wrong with a bundle that is whole; undefined when nothing is */
  async newest(refuse: (bundle: Bundle) => string | undefined): Promise<Newest> {
    const versions = await this.versions()
    const damaged: Damage[] = []
    for (const version of versions.toReversed()) {
      const bundle = await this.read(version, refuse)
      if (bundle instanceof PointsmanError) damaged.push({ version, error: bundle })
      else if (bundle) return { version: versions.at(-1) ?? -1, bundle, damaged }
    }
    return { version: versions.at(-1) ?? -1, bundle: undefined, damaged }
  }

  /** The version that one writing has become; undefined when it has not, or so long ago that it is gone. */
  async versionOf(id: string): Promise<number | undefined> {
    for (const version of (await this.versions()).toReversed()) {
      const bundle = await this.read(version, () => undefined)
      if (bundle && !(bundle instanceof PointsmanError) && bundle.id === id) return version
    }
    return undefined
  }

  /**
   * Makes a bundle ready to become a version.
   * @returns a path for `publish` or `discard`
   */
  async prepare(bundle: Bundle): Promise<string> {
    await makeFolder(this.folder)
    const draft = join(this.folder, `.${bundle.id}`)
    await writeDurably(draft, writeBundle(bundle))
    return draft
  }

  /**
   * Makes what was prepared a version, unless another has been faster.
   * @returns whether it is one now
   * @throws PointsmanError STORE_LOST when so many versions have come meanwhile that it cannot be told
   */
  async publish(draft: string, version: number): Promise<boolean> {
    const isFirst = await linkDurably(draft, this.pathOf(version))
    await rm(draft, { force: true })
    if (!isFirst) return false
    const versions = await this.versions()
    const newest = versions.at(-1) ?? version
    // The name may have been free because a later version of that number had been removed for its age.
    if (newest - version >= this.most)
      throw new PointsmanError('STORE_LOST', `so many others have written that ${version} is lost`)
    for (const old of versions)
      if (newest - old >= this.most) await rm(this.pathOf(old), { force: true })
    await removeStale(this.folder, '.')
    return true
  }

  async discard(draft: string): Promise<void> {
    await rm(draft, { force: true })
  }

  /** @returns undefined when it is gone for its age */
  private async read(
    version: number,
    refuse: (bundle: Bundle) => string | undefined,
  ): Promise<Bundle | PointsmanError | undefined> {
    const path = this.pathOf(version)
    try {
      const bundle = readBundle(await readFile(path, 'utf8'))
      const why = bundle.version === version ? refuse(bundle) : `is version ${bundle.version}`
      if (why === undefined) return bundle
      return new PointsmanError('STORE_BROKEN', `${path} ${why}`)
    } catch (error) {
      if (nodeCodeOf(error) === 'ENOENT') return undefined
      const why = error instanceof PointsmanError ? error.message : systemReason(error)
      return new PointsmanError('STORE_BROKEN', `${path} ${why}`, error)
    }
  }
}

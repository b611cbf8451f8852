import { open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { isNotReplaceable, systemReason, unusable } from './file-errors.js'
import { isSameText, isSameVersion, versionOf, type FileVersion } from './file-version.js'
import { finishOverwriting, overwriteFile } from './overwrite-file.js'
import { replaceFile } from './replace-file.js'

/** No hosts file is longer, not even one of those that block advertisements. */
const LARGEST_BYTES = 64 << 20

/** A hosts file at one moment. */
export interface HostsReading {
  /** One character for each byte. */
  readonly text: string
  readonly version: FileVersion
}

/** How a text came into the file: as a new file in the place of the old one, or into the old one, with or without a journal. */
export type Way = 'replaced' | 'in place' | 'in place, without a journal'

/** What came of an attempt to write. */
export interface Written {
  /** Undefined when somebody else has written meanwhile; `reading` is what to begin anew with then. */
  readonly way: Way | undefined
  readonly reading: HostsReading
}

async function readAll(file: FileHandle): Promise<HostsReading> {
  const stats = await file.stat({ bigint: true })
  if (stats.size > LARGEST_BYTES) throw new Error(`it is longer than ${LARGEST_BYTES} bytes`)
  const content = Buffer.alloc(Number(stats.size))
  const { bytesRead } = await file.read(content, 0, content.length, 0)
  return { text: content.toString('latin1', 0, bytesRead), version: versionOf(stats) }
}

/** One hosts file; a symbolic link to it is followed each time. */
export class HostsFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /**
   * Puts right what a run that was killed has left.
   * @returns whether it had been killed while it wrote in place
   * @throws PointsmanError HOSTS_FILE_UNUSABLE
   */
  async recover(): Promise<boolean> {
    try {
      return await finishOverwriting(this.path)
    } catch (error) {
      throw unusable(`${this.path} cannot be put right`, error)
    }
  }

  /** What the file is like now; undefined when it is not there. */
  async version(): Promise<FileVersion | undefined> {
    try {
      return versionOf(await stat(this.path, { bigint: true }))
    } catch {
      return undefined
    }
  }

  /** @throws PointsmanError HOSTS_FILE_UNUSABLE */
  async read(): Promise<HostsReading> {
    try {
      // Before it is opened, for a pipe would keep us waiting.
      if (!(await stat(this.path)).isFile()) throw new Error('it is not a regular file')
      const file = await open(this.path, 'r')
      try {
        return await readAll(file)
      } finally {
        await file.close()
      }
    } catch (error) {
      throw unusable(`${this.path} cannot be read`, error)
    }
  }

  /**
   * Finds out whether it can be written into, where nothing may be written beside it.
   * @throws PointsmanError HOSTS_FILE_UNUSABLE
   */
  async checkWritable(): Promise<void> {
    try {
      await (await open(this.path, 'r+')).close()
    } catch (error) {
      throw unusable(`${this.path} cannot be written`, error)
    }
  }

  /**
   * Writes what was made of a reading, if the file is still as it was read.
   * @throws PointsmanError HOSTS_FILE_UNUSABLE; the file is as it was then
   */
  async write(reading: HostsReading, text: string): Promise<Written> {
    try {
      const path = await realpath(this.path)
      const old = await open(path, 'r')
      try {
        return await this.writeOver(path, old, reading, text)
      } finally {
        await old.close()
      }
    } catch (error) {
      throw unusable(`${this.path} cannot be written`, error)
    }
  }

  private async writeOver(
    path: string,
    old: FileHandle,
    reading: HostsReading,
    text: string,
  ): Promise<Written> {
    if (!isSameVersion(versionOf(await old.stat({ bigint: true })), reading.version))
      return this.overtaken()
    let version: FileVersion | undefined
    try {
      version = await replaceFile(path, reading.version, Buffer.from(text, 'latin1'))
    } catch (error) {
      if (!isNotReplaceable(error)) throw error
      return this.writeInPlace(path, reading, text, error)
    }
    if (!version) return this.overtaken()
    const left = await readAll(old)
    // Somebody wrote into the file while it was replaced: those bytes are in nobody's file any more but this one.
    if (!isSameText(left.version, reading.version))
      return { way: undefined, reading: { text: left.text, version } }
    return { way: 'replaced', reading: { text, version } }
  }

  private async writeInPlace(
    path: string,
    reading: HostsReading,
    text: string,
    whyNotReplaced: unknown,
  ): Promise<Written> {
    const before = { content: Buffer.from(reading.text, 'latin1'), version: reading.version }
    try {
      const written = await overwriteFile(path, before, Buffer.from(text, 'latin1'))
      if (!written) return await this.overtaken()
      const way = written.isGuarded ? 'in place' : 'in place, without a journal'
      return { way, reading: { text, version: written.version } }
    } catch (error) {
      const reason = `cannot be replaced (${systemReason(whyNotReplaced)})`
      throw unusable(`${this.path} ${reason}, nor written in place`, error)
    }
  }

  private async overtaken(): Promise<Written> {
    return { way: undefined, reading: await this.read() }
  }
}

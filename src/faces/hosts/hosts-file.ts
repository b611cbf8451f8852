import { appendFile, open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { systemReason } from '../../core/node-errors.js'
import { isNotReplaceable, unusable } from './file-errors.js'
import { isSameText, isSameVersion, versionOf, type FileVersion } from './file-version.js'
import { finishOverwriting, overwriteFile } from './overwrite-file.js'
import { replaceFile } from './replace-file.js'

/** No hosts file is longer, not even one of those that block advertisements. */
const LARGEST_BYTES = 64 << 20

/** A file that was replaced is watched for so long for those who still write into it. */
const LINGER_MS = 20

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
    // Who had the old file open before may write a moment later.
    await wait(LINGER_MS)
    const left = await readAll(old)
    if (isSameText(left.version, reading.version))
      return { way: 'replaced', reading: { text, version } }
    return { way: undefined, reading: await this.saveLateText(reading, left) }
  }

  /** What somebody wrote into a file while it was replaced is in no other file: it is put into this one. */
  private async saveLateText(before: HostsReading, left: HostsReading): Promise<HostsReading> {
    if (left.text.startsWith(before.text)) {
      await appendFile(this.path, left.text.slice(before.text.length), 'latin1')
      return this.read()
    }
    return { text: left.text, version: (await this.read()).version }
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

import { fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import { isSameVersion, versionOf, type FileVersion } from './file-version.js'
import { padded, removeJournal, unfinished, writeJournal, type Overwriting } from './journal.js'

/** What came of overwriting a file. */
export interface Overwritten {
  readonly version: FileVersion
  /** Whether a journal stood by. */
  readonly isGuarded: boolean
}

function difference(before: Buffer, after: Buffer): Overwriting {
  let at = 0
  while (at < before.length && before[at] === after[at]) at++
  return { at, before: before.subarray(at), after: after.subarray(at) }
}

function writeAll(fd: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, at + done)
}

/**
 * Overwrites the end in the order that harms readers least: blank lines behind it first, should it grow, for which there may
 * be no room; then all of it at once; and blank lines behind it are cut off last.
 * @returns whether nobody else has made the file longer meanwhile; if so, it is not cut
 */
function overwrite(fd: number, overwriting: Overwriting): boolean {
  const { at } = overwriting
  const [before, after] = padded(overwriting)
  writeAll(fd, before.subarray(overwriting.before.length), at + overwriting.before.length)
  writeAll(fd, after, at)
  if (fstatSync(fd).size !== at + after.length) return false
  ftruncateSync(fd, at + overwriting.after.length)
  return true
}

/** Where there was no room for blank lines nothing else was touched; this is for all other mishaps too. */
function restore(fd: number, { at, before }: Overwriting): void {
  writeAll(fd, before, at)
  ftruncateSync(fd, at + before.length)
}

async function overwriteSafely(
  path: string,
  file: FileHandle,
  overwriting: Overwriting,
): Promise<FileVersion | undefined> {
  let isAlone
  try {
    isAlone = overwrite(file.fd, overwriting)
  } catch (error) {
    restore(file.fd, overwriting)
    await removeJournal(path)
    throw error
  }
  const version = versionOf(fstatSync(file.fd, { bigint: true }))
  await file.sync()
  await removeJournal(path)
  return isAlone ? version : undefined
}

/**
 * Writes into a file that cannot be replaced. What stands above the first change is not touched. A reader may see the change
 * half made; a process that is killed in between leaves a journal, if it may, by which the next finishes.
 * @param before what stands in the file, and its version
 * @returns undefined when the file is another than it was before or after
 * @throws what the system says; the file is as it was then, as far as the system lets it be
 */
export async function overwriteFile(
  path: string,
  before: { readonly content: Buffer; readonly version: FileVersion },
  content: Buffer,
): Promise<Overwritten | undefined> {
  const file = await open(path, 'r+')
  try {
    const overwriting = difference(before.content, content)
    const isGuarded = await writeJournal(path, overwriting)
    if (!isSameVersion(versionOf(fstatSync(file.fd, { bigint: true })), before.version)) {
      await removeJournal(path)
      return undefined
    }
    const version = await overwriteSafely(path, file, overwriting)
    return version && { version, isGuarded }
  } finally {
    await file.close()
  }
}

/**
 * Finishes what a run that was killed has begun, and removes what it left.
 * @returns whether there was something to finish
 */
export async function finishOverwriting(link: string): Promise<boolean> {
  const path = await realpath(link)
  const overwriting = await unfinished(path)
  if (overwriting) {
    const file = await open(path, 'r+')
    try {
      await overwriteSafely(path, file, overwriting)
    } finally {
      await file.close()
    }
  }
  await removeJournal(path)
  return overwriting !== undefined
}

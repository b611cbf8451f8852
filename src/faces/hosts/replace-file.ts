import { renameSync, statSync, type Stats } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isSameVersion, versionOf, type FileVersion } from './file-version.js'
import { companionOf, syncFolder } from './folder.js'

const PERMISSIONS = 0o7777

async function fill(file: FileHandle, content: Buffer, like: Stats): Promise<void> {
  await file.writeFile(content)
  const { uid, gid } = await file.stat()
  if (uid !== like.uid || gid !== like.gid) await file.chown(like.uid, like.gid)
  await file.chmod(like.mode & PERMISSIONS)
  await file.sync()
}

/**
 * Puts a new file in the place of an old one, with its mode and owner: readers see the one or the other, whatever happens.
 * @param path of the file itself, not of a link to it
 * @param before what the content was made of
 * @returns the version of the new file; undefined when the old one is no longer as it was, and stays
 * @throws what the system says; the old file stays
 */
export async function replaceFile(
  path: string,
  before: FileVersion,
  content: Buffer,
): Promise<FileVersion | undefined> {
  const temporary = companionOf(path, 'tmp')
  await rm(temporary, { force: true })
  const file = await open(temporary, 'wx', 0o600)
  try {
    await fill(file, content, await stat(path))
    // Without a wait in between: what another writes here would be lost.
    if (!isSameVersion(versionOf(statSync(path, { bigint: true })), before)) return undefined
    renameSync(temporary, path)
    const after = versionOf(statSync(path, { bigint: true }))
    await syncFolder(dirname(path))
    return after
  } finally {
    await file.close()
    await rm(temporary, { force: true })
  }
}

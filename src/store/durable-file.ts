import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { nodeCodeOf } from '../core/node-errors.js'

/** Makes sure that what was created, renamed and removed in a folder outlives a loss of power. */
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

/**
 * Makes a folder and those above it, unless they are there.
 * @param mode who may enter it; everybody unless given
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  // Not all at once: Node names the wrong reason where nothing may be written.
  try {
    await makeOne(path, mode)
  } catch (error) {
    if (nodeCodeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await makeOne(path, mode)
  }
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, mode)
  } catch (error) {
    if (nodeCodeOf(error) === 'EEXIST') return
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Writes a new file that is whole on the disk when this ends; nothing stays of it when it fails.
 * @param mode who may read it; everybody unless given
 */
export async function writeDurably(path: string, text: string, mode = 0o644): Promise<void> {
  const file = await open(path, 'w', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Gives a file its name in place of whatever has it by now. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}

/**
 * Gives a file a further name that no other has by now: of several processes that try, on several machines too, one can.
 * @returns whether it was this one
 */
export async function linkDurably(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    if (nodeCodeOf(error) === 'EEXIST') return false
    throw error
  }
  await syncFolder(dirname(to))
  return true
}

/** Removes a file, if it is there. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await syncFolder(dirname(path))
}

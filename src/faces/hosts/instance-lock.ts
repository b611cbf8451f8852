import { realpath } from 'node:fs/promises'
import { PointsmanError } from '../../core/errors.js'
import { ProcessLock } from '../../disk/process-lock.js'
import { isNotWritable, unusable } from './file-errors.js'
import { companionOf } from './folder.js'

/**
 * Keeps a second process from editing the same hosts file: takes its lock, also from a process that died.
 * @returns undefined when nothing may be written beside the file: then nobody is kept out
 * @throws PointsmanError HOSTS_FILE_LOCKED, HOSTS_FILE_UNUSABLE
 */
export async function takeInstanceLock(file: string): Promise<ProcessLock | undefined> {
  try {
    const path = companionOf(await realpath(file), 'lock')
    const lock = await ProcessLock.take(path)
    if (lock instanceof ProcessLock) return lock
    throw new PointsmanError('HOSTS_FILE_LOCKED', `${file} is kept by ${lock}, which holds ${path}`)
  } catch (error) {
    if (isNotWritable(error)) return undefined
    throw unusable(`${file} cannot be locked`, error)
  }
}

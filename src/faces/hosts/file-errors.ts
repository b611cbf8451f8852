import { PointsmanError } from '../../core/errors.js'
import { nodeCodeOf, systemReason } from '../../core/node-errors.js'

/** What makes the file unusable; an error that says so already stays as it is. */
export function unusable(what: string, error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  return new PointsmanError('HOSTS_FILE_UNUSABLE', `${what}: ${systemReason(error)}`, error)
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Whether an error says that nothing may be written there. */
export function isNotWritable(error: unknown): boolean {
  return NOT_WRITABLE.has(nodeCodeOf(error))
}

/** Whether an error says that a file cannot be put in the place of another, as with a bind mount. */
export function isNotReplaceable(error: unknown): boolean {
  const code = nodeCodeOf(error)
  return code === 'EBUSY' || code === 'EXDEV' || isNotWritable(error)
}

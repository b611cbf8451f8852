import { PointsmanError } from '../../core/errors.js'

/** The system's name of an error, such as `EBUSY`; undefined when it is not the system's. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** An error of the system in a few words: `EROFS: read-only file system, rename`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node's message goes on with paths, which are told already.
  return error.message.split(" '")[0] ?? error.message
}

/** What makes the file unusable; an error that says so already stays as it is. */
export function unusable(what: string, error: unknown): PointsmanError {
  if (error instanceof PointsmanError) return error
  return new PointsmanError('HOSTS_FILE_UNUSABLE', `${what}: ${systemReason(error)}`, error)
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Whether an error says that nothing may be written there. */
export function isNotWritable(error: unknown): boolean {
  return NOT_WRITABLE.has(systemCode(error) ?? '')
}

/** Whether an error says that a file cannot be put in the place of another, as with a bind mount. */
export function isNotReplaceable(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'EBUSY' || code === 'EXDEV' || isNotWritable(error)
}

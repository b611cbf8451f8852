import { PointsmanError } from '../core/errors.js'

/**
 * The names that a key is made of, or a folder.
 * @param least so many there are
 * @throws PointsmanError STORE_BROKEN when one of them is empty, or not well-formed
 */
export function partsOf(key: string, least = 2): readonly string[] {
  const parts = key.split('/')
  // With halves of characters nothing can be named.
  if (!/\p{Cs}/u.test(key) && parts.length >= least && !parts.includes('')) return parts
  throw new PointsmanError('STORE_BROKEN', `${JSON.stringify(key)} cannot be the key of a record`)
}

/** Whether a key is in a folder, at any depth. */
export function isBelow(folder: string, key: string): boolean {
  return key.startsWith(`${folder}/`)
}

/** Records by their keys. */
export function inOrder<Keyed extends { readonly key: string }>(
  records: readonly Keyed[],
): readonly Keyed[] {
  return records.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** What is told when a record has another version than the one that is to be replaced. */
export function recordConflict(
  key: string,
  is: number | undefined,
  was: number | undefined,
): PointsmanError {
  const [now, then] = [is, was].map((version) => (version === undefined ? 'none' : `${version}`))
  return new PointsmanError('STORE_CONFLICT', `${key} has version ${now} by now, not ${then}`)
}

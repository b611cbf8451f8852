import { type BigIntStats } from 'node:fs'

/** Tells a file at one moment from the same path at another. */
export interface FileVersion {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/** What `stat` said, as a version. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs }
}

/** Whether nothing was written, replaced or renamed in between. */
export function isSameVersion(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  if (!a || !b) return a === b
  return isSameText(a, b) && a.dev === b.dev && a.ino === b.ino && a.ctimeNs === b.ctimeNs
}

/** Whether nothing was written in between; the file may have been renamed or unlinked. */
export function isSameText(a: FileVersion, b: FileVersion): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs
}

import { unzipSync } from 'fflate'
import { Refusal } from '../http/refusal.js'

/** Bytes of an archive, of one file in it, and of all files together. */
export const LARGEST_ARCHIVE_BYTES = 32 << 20
const LARGEST_FILE_BYTES = 64 << 20
const LARGEST_CONTENT_BYTES = 128 << 20

const MOST_FILES = 20_000
const LONGEST_NAME = 500

/** Deflate makes text shorter by at most about that much (RFC 1951); what claims more is made to fill memory. */
const HIGHEST_RATIO = 1032

/** A file of a backup folder, or in a folder directly in it; all of it may be in one folder more. */
const MODEL_FILE = /^(?:[^/\\\p{Cc}]+\/){0,2}[^/\\\p{Cc}]+\.(?:xml|json)$/u

/** What an archive says of one of its files. */
interface FileHead {
  readonly name: string
  readonly size: number
  readonly originalSize: number
}

function refused(detail: string): Refusal {
  return new Refusal(400, { detail: `This is no archive that could be imported: ${detail}` })
}

/** Looks at the heads of the files, before anything is unpacked. */
class Heads {
  private readonly names = new Set<string>()
  private files = 0
  private bytes = 0

  /** @returns whether it is a file of models; others are left out, if they are harmless */
  take({ name, size, originalSize }: FileHead): boolean {
    this.files++
    if (this.files > MOST_FILES) throw refused(`there are more than ${MOST_FILES} files`)
    if (name.length > LONGEST_NAME) throw refused('a name is too long')
    const parts = name.split(/[/\\]/)
    if (parts.includes('..') || parts.includes('.') || /^[/\\]|^[a-z]:/i.test(name))
      throw refused(`${JSON.stringify(name)} leads out of it`)
    if (this.names.has(name)) throw refused(`${JSON.stringify(name)} is there twice`)
    this.names.add(name)
    if (originalSize > LARGEST_FILE_BYTES) throw refused(`${JSON.stringify(name)} is too large`)
    if (originalSize > HIGHEST_RATIO * (size + 1))
      throw refused(`${JSON.stringify(name)} is packed too tightly`)
    this.bytes += originalSize
    if (this.bytes > LARGEST_CONTENT_BYTES) throw refused('unpacked it is too large')
    return MODEL_FILE.test(name)
  }
}

/** The part of the paths that all files have in common, when it is one folder: archives are made of folders, too. */
function withoutRoot(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (files.has('applications.json')) return files
  const root = [...files.keys()].find((name) => name.endsWith('/applications.json'))
  const prefix = root?.slice(0, -'applications.json'.length)
  if (prefix === undefined) return files
  return new Map(
    [...files].flatMap(([name, text]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), text] as const] : [],
    ),
  )
}

/**
 * The files of a backup in a zip archive, by their names.
 * @throws Refusal 400 for what is damaged, or made to do damage
 */
export function unpack(archive: Uint8Array): ReadonlyMap<string, string> {
  const heads = new Heads()
  const decoder = new TextDecoder()
  try {
    const files = unzipSync(archive, { filter: (head) => heads.take(head) })
    return withoutRoot(
      new Map(Object.entries(files).map(([name, bytes]) => [name, decoder.decode(bytes)])),
    )
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw refused(error instanceof Error ? error.message : String(error))
  }
}

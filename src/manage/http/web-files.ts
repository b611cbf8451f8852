import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** The best first. */
const CODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** One form of a file. */
export interface Representation {
  readonly bytes: Buffer
  /** What `Content-Encoding` says; undefined = as it is. */
  readonly coding?: string
  readonly etag: string
}

/** A file of the pages, as it was when the process began. */
export interface WebFile {
  /** Where it lies in the directory, with `/` between folders. */
  readonly name: string
  readonly type: string
  readonly plain: Representation
  /** The best first. */
  readonly compressed: readonly Representation[]
}

function represent(bytes: Buffer, coding?: string): Representation {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return { bytes, etag: `"${digest}"`, ...(coding !== undefined && { coding }) }
}

/**
 * The files that a build has put into a directory and its folders, but those whose name begins with a dot.
 * @throws what node:fs throws
 */
export function readWebFiles(directory: string): readonly WebFile[] {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
  const present = new Set(names)
  return names
    .filter((name) => !CODINGS.some(({ suffix }) => name.endsWith(suffix)))
    .map((name) => ({
      name,
      type: TYPES[extname(name)] ?? 'application/octet-stream',
      plain: represent(readFileSync(join(directory, name))),
      compressed: CODINGS.filter(({ suffix }) => present.has(name + suffix)).map((coding) =>
        represent(readFileSync(join(directory, name + coding.suffix)), coding.name),
      ),
    }))
}

/** Whether `Accept-Encoding` takes a coding (RFC 9110 §12.5.3): it or `*` is named, and not with a weight of nothing. */
function takes(accepted: string, coding: string): boolean {
  const weights = new Map<string, boolean>()
  for (const member of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim())
    weights.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
  }
  return weights.get(coding) ?? weights.get('*') ?? false
}

/**
 * The form of a file that a client likes best.
 * @param accepted its `Accept-Encoding`
 */
export function representation(file: WebFile, accepted = ''): Representation {
  return file.compressed.find(({ coding = '' }) => takes(accepted, coding)) ?? file.plain
}

/** Whether `If-None-Match` names what would be sent (RFC 9110 §13.1.2), by the weak comparison. */
export function hasAlready(noneMatch: string | undefined, { etag }: Representation): boolean {
  return (noneMatch ?? '').split(',').some((member) => {
    const name = member.trim().replace(/^W\//, '')
    return name === etag || name === '*'
  })
}

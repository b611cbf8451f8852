import { createHash } from 'node:crypto'
import { PointsmanError } from '../core/errors.js'

/** The form of bundles that is written and read; another number is another form. */
const FORMAT = 1

/** What is told of a content beside the content itself. */
export interface BundleHead {
  readonly version: number
  /** Tells this writing from every other. */
  readonly id: string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly savedAtMs: number
}

/** A content as it was at one time: a JSON value, or undefined when it had been removed. */
export interface Bundle extends BundleHead {
  readonly content: unknown
}

function envelopeOf({ version, id, savedAtMs, content }: Bundle) {
  const savedAt = new Date(savedAtMs).toISOString()
  const entries = { format: FORMAT, version, id, savedAt }
  return content === undefined ? { ...entries, removed: true } : { ...entries, content }
}

function digestOf(envelope: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(envelope)).digest('hex')}`
}

/** The text of a bundle: an envelope with a digest of everything else that it says. */
export function writeBundle(bundle: Bundle): string {
  const envelope = envelopeOf(bundle)
  return `${JSON.stringify({ digest: digestOf(envelope), ...envelope }, null, 2)}\n`
}

function broken(why: string): PointsmanError {
  return new PointsmanError('STORE_BROKEN', why)
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Told below: what the parser says of the place where half a file ends helps nobody.
  }
  throw broken('is no whole bundle')
}

/**
 * Reads what `writeBundle` has written.
 * @throws PointsmanError STORE_BROKEN when anything in it is not as it was written
 */
export function readBundle(text: string): Bundle {
  const { digest, ...envelope } = parsed(text)
  if (envelope['format'] !== FORMAT) throw broken(`is not in format ${FORMAT}`)
  if (digest !== digestOf(envelope))
    throw broken('does not have the digest that it was written with')
  const { version, id, savedAt, content } = envelope
  // Whoever wrote a right digest wrote the rest as well.
  return {
    version: Number(version),
    id: String(id),
    savedAtMs: Date.parse(String(savedAt)),
    content,
  }
}

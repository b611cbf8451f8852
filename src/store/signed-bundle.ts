import { createPublicKey, createPrivateKey, sign, verify } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../model/document.js'
import { readHosts, type Read } from '../model/read-model.js'
import { writeHosts } from '../model/write-model.js'
import { readKeptModel, writeKeptModel, type KeptModel } from './kept-state.js'

/** The form of signed bundles; it is signed too, so that no signature of something else is one of a bundle. */
const FORMAT = 'pointsman-bundle-1'

/** How files are named that gateways look for. */
export const BUNDLE_ENDING = '.bundle'

/** An application in a bundle. */
export interface BundledApplication extends KeptModel {
  readonly name: string
  /** Those that took clients where the bundle was made; they serve where nobody knows of any. */
  readonly hosts: readonly StackHosts[]
}

/** What served at one time where a bundle was made. */
export interface ModelBundle {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly madeAtMs: number
  readonly applications: readonly BundledApplication[]
}

/** What a gateway has of an application. */
export interface KnownApplication {
  readonly version: number
  readonly model: ApplicationModel
  readonly lists: readonly NamespacedList[]
  /** Until when nothing newer is known to have been there, in milliseconds since 1970-01-01 UTC. */
  readonly asOfMs: number
}

/** The name of a bundle's file: `pointsman-2026-01-01T120000.000Z.bundle`. */
export function bundleName({ madeAtMs }: ModelBundle): string {
  return `pointsman-${new Date(madeAtMs).toISOString().replaceAll(':', '')}${BUNDLE_ENDING}`
}

function signed(payload: string): Buffer {
  return Buffer.from(`${FORMAT}\n${payload}`)
}

/**
 * The text of a bundle.
 * @param key Ed25519, in PEM
 */
export function signBundle({ madeAtMs, applications }: ModelBundle, key: string): string {
  const payload = JSON.stringify({
    madeAt: new Date(madeAtMs).toISOString(),
    applications: applications.map(({ name, hosts, ...kept }) => {
      return { name, kept: writeKeptModel(kept), hosts: writeHosts(hosts) }
    }),
  })
  const signature = sign(null, signed(payload), createPrivateKey(key)).toString('base64')
  return `${JSON.stringify({ format: FORMAT, signature, payload })}\n`
}

function refused(why: string): PointsmanError {
  return new PointsmanError('BUNDLE_REFUSED', why)
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Told below: where half a file ends helps nobody.
  }
  throw refused('is no whole bundle')
}

function taken<Content>(name: string, read: Read<Content>): Content {
  if ('content' in read) return read.content
  const [problem] = read.problems
  throw refused(
    `cannot be read: application ${name}: ${problem?.path ?? ''} ${problem?.message ?? ''}`,
  )
}

function applicationIn(document: unknown): BundledApplication {
  // Whoever signed it wrote a name.
  const { name, kept, hosts } = document as Readonly<Record<string, unknown>> & { name: string }
  return { name, ...taken(name, readKeptModel(kept)), hosts: taken(name, readHosts(hosts)) }
}

/**
 * Reads what `signBundle` has written.
 * @param key Ed25519, in PEM
 * @throws PointsmanError BUNDLE_REFUSED for what is damaged, or signed by somebody else
 */
export function readSignedBundle(text: string, key: string): ModelBundle {
  const { format, signature, payload } = objectIn(text)
  if (format !== FORMAT) throw refused(`is not in format ${FORMAT}`)
  if (typeof signature !== 'string' || typeof payload !== 'string')
    throw refused('is no whole bundle')
  const isGenuine = verify(
    null,
    signed(payload),
    createPublicKey(key),
    Buffer.from(signature, 'base64'),
  )
  if (!isGenuine) throw refused('is not as the owner of BUNDLE_PUBLIC_KEY has signed it')
  const { madeAt, applications } = objectIn(payload)
  return {
    madeAtMs: Date.parse(String(madeAt)),
    applications: (applications as readonly unknown[]).map(applicationIn),
  }
}

/**
 * The applications of a bundle that are newer than what is known of them: of a later version, or of the same one with other
 * lists, if they were so when the bundle was made and not before.
 */
export function newerIn(
  { applications, madeAtMs }: ModelBundle,
  known: (name: string) => KnownApplication | undefined,
): readonly BundledApplication[] {
  return applications.filter(({ name, stored, lists }) => {
    const own = known(name)
    if (!own || stored.version > own.version) return true
    if (stored.version < own.version || madeAtMs <= own.asOfMs) return false
    return !isDeepStrictEqual([stored.content, lists], [own.model, own.lists])
  })
}

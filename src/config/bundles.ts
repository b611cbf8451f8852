import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { gatewayVariables } from './gateway.js'
import { Findings, type Problem } from './problem.js'
import { secret } from './secret.js'
import { readVariables, type Variables } from './variable.js'

/** PEM as environment files on one line have it. */
function unfolded(text: string): string {
  return text.replaceAll('\\n', '\n')
}

function ed25519(make: () => KeyObject, what: string): void {
  let kind: string | undefined
  try {
    kind = make().asymmetricKeyType
  } catch {
    // Told below: what the library says of it helps nobody.
  }
  if (kind !== 'ed25519') throw new Error(`must be an Ed25519 ${what} key in PEM`)
}

function privateKey(text: string): string {
  const pem = unfolded(text)
  ed25519(() => createPrivateKey(pem), 'private')
  return pem
}

function publicKey(text: string): string {
  const pem = unfolded(text)
  if (pem.includes('PRIVATE KEY')) throw new Error('must be the public key, not the private one')
  ed25519(() => createPublicKey(pem), 'public')
  return pem
}

/** The keys of bundles: who makes them has the one, who takes them the other. */
export const bundleVariables = {
  ...secret('MANAGEMENT_SIGNING_KEY', {
    parse: privateKey,
    unset: 'no bundles',
    meaning: 'Ed25519 private key in PEM that signs the [bundles](management.md#bundles) of models',
    example: '-----BEGIN PRIVATE KEY-----\\nMC4…\\n-----END PRIVATE KEY-----',
  }),
  ...secret('BUNDLE_PUBLIC_KEY', {
    parse: publicKey,
    unset: 'bundles are not taken',
    meaning:
      'Ed25519 public key in PEM of those whose [bundles](management.md#bundles) a gateway takes while its store is lost',
    example: '-----BEGIN PUBLIC KEY-----\\nMCow…\\n-----END PUBLIC KEY-----',
  }),
} as const satisfies Variables

/** What is needed to put a bundle where gateways look for it. */
export interface BundleTarget {
  readonly directory: string
  /** PEM. */
  readonly publicKey: string
}

/** Reads where gateways look for bundles, and whose they take, for commands that need no more than that. */
export function readBundleTarget(
  environment: NodeJS.ProcessEnv,
): BundleTarget | { readonly problems: readonly Problem[] } {
  const findings = new Findings()
  const { LKG_DIR } = gatewayVariables
  const { whole, given } = readVariables({ LKG_DIR, ...bundleVariables }, environment, findings)
  if (whole?.BUNDLE_PUBLIC_KEY !== undefined)
    return { directory: whole.LKG_DIR, publicKey: whole.BUNDLE_PUBLIC_KEY }
  if (given.BUNDLE_PUBLIC_KEY === undefined && given.BUNDLE_PUBLIC_KEY_FILE === undefined)
    findings.problem('BUNDLE_PUBLIC_KEY', undefined, 'is required')
  return { problems: findings.problems }
}

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBundleTarget, type BundleTarget } from '../config/bundles.js'
import { describeProblem, type Problem } from '../config/problem.js'
import { PointsmanError } from '../core/errors.js'
import { systemReason } from '../core/node-errors.js'
import { readBundleFile, readKeptApplications } from '../store/bundle-folder.js'
import { makeFolder, renameDurably, writeDurably } from '../store/durable-file.js'
import { bundleName, newerIn } from '../store/signed-bundle.js'

const USAGE = `Usage: node dist/app.js load-bundle <file>

Puts a signed bundle of models, as GET /api/bundle of a management process gives it, into LKG_DIR, where gateways look for
it while their store is lost; a running one takes it within a second or two. BUNDLE_PUBLIC_KEY says whose bundles are taken.

The exit code is 1 when the bundle is damaged, signed by somebody else, or has nothing that is newer than what is kept in
LKG_DIR; standard error says what it is.
`

/** The variables, or why they cannot be read. */
type Loaded =
  { readonly environment: NodeJS.ProcessEnv } | { readonly problems: readonly Problem[] }

function complain(...lines: readonly string[]): number {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
  return 1
}

/** @returns what was done, in words */
async function load(file: string, { directory, publicKey }: BundleTarget): Promise<string> {
  const bundle = await readBundleFile(file, publicKey)
  const kept = await readKeptApplications(directory)
  const newer = newerIn(bundle, (name) => kept.get(name))
  if (newer.length === 0) {
    const words = `${file} has nothing that is newer than what is kept in ${directory}`
    throw new PointsmanError('BUNDLE_REFUSED', words)
  }
  const path = join(directory, bundleName(bundle))
  const draft = join(directory, `.${randomUUID()}`)
  await makeFolder(directory)
  await writeDurably(draft, await readFile(file, 'utf8'))
  await renameDurably(draft, path)
  return `${path}: ${newer.map(({ name, stored }) => `${name} ${stored.version}`).join(', ')}`
}

/**
 * Puts a signed bundle where gateways look for it.
 * @param args what stands behind `load-bundle` on the command line
 * @returns the exit code
 */
export async function runLoadBundle(args: readonly string[], loaded: Loaded): Promise<number> {
  const [file, ...more] = args
  if (file === '--help') {
    process.stdout.write(USAGE)
    return 0
  }
  if (file === undefined || file.startsWith('-') || more.length > 0)
    return complain('load-bundle takes the name of one file', '', USAGE.trimEnd())
  const target = 'problems' in loaded ? loaded : readBundleTarget(loaded.environment)
  if ('problems' in target) return complain(...target.problems.map(describeProblem))
  try {
    process.stdout.write(`${await load(file, target)}\n`)
    return 0
  } catch (error) {
    return complain(error instanceof PointsmanError ? error.message : systemReason(error))
  }
}

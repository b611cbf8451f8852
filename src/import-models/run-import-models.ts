import { SharedSessions } from '../clients/zookeeper/shared-sessions.js'
import { readModelStore, type ModelStoreConfig } from '../config/gateway.js'
import { describeProblem, type Problem } from '../config/problem.js'
import { PointsmanError } from '../core/errors.js'
import { systemReason } from '../core/node-errors.js'
import type { Clock, Random } from '../core/ports.js'
import type { StoreTransition } from '../store/model-store.js'
import { openStore } from '../store/registry.js'
import { importFolder, type Imported } from './import-folder.js'
import { readModelFolder, type ModelFolder } from './model-folder.js'

const USAGE = `Usage: node dist/app.js import-models <folder>

Puts the models, lists and hosts of a folder into MODEL_STORE: of one that was MODEL_STORE itself so far, or of a backup
folder of Redirector, which has applications.json in it, of a gateway or of a core backup that was downloaded. What the
store has beyond that stays, so it may be done again.

What is missing, or is not kept as it is, is told on standard error and makes the exit code 2. The exit code is 1 when
there is no application in the folder, or when something could not be written.
`

/** What importing needs from outside. */
export interface ImportModelsOptions {
  /** The variables, or why they cannot be read. */
  readonly loaded:
    { readonly environment: NodeJS.ProcessEnv } | { readonly problems: readonly Problem[] }
  readonly clock: Clock
  readonly random: Random
}

/** How long the ensemble has to answer. */
const CONNECT_TIMEOUT_MS = 10_000

/** Node ends a process that waits for nothing but timers which do not keep it alive. */
const STAY_ALIVE_MS = 60_000

function complain(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''))
}

function report({ error }: StoreTransition): void {
  if (error) complain(error.message)
}

async function readFolder(path: string, clock: Clock): Promise<ModelFolder | undefined> {
  try {
    const folder = await readModelFolder(path, { clock, report })
    if (folder.applications.length > 0) return folder
    complain(...folder.notes.map(({ file, message }) => `${file}: ${message}`))
    complain(`${path}: there is no application in it that could be imported`)
  } catch (error) {
    complain(`${path} cannot be read: ${systemReason(error)}`)
  }
  return undefined
}

async function importInto(
  config: ModelStoreConfig,
  folder: ModelFolder,
  { clock, random }: ImportModelsOptions,
): Promise<Imported> {
  const sessions = new SharedSessions({ clock, random })
  // Kept from the first request to the last, so that it is one session.
  const lease = config.kind === 'zookeeper' ? sessions.use(config.ensemble) : undefined
  const alive = setInterval(() => {}, STAY_ALIVE_MS)
  try {
    await lease?.session.connected(AbortSignal.timeout(CONNECT_TIMEOUT_MS)).catch(() => {
      throw lease.session.error
    })
    return await importFolder(folder, openStore(config, { clock, sessions, report }))
  } finally {
    clearInterval(alive)
    lease?.end()
  }
}

/**
 * Puts a folder of models into the store that is configured.
 * @param args what stands behind `import-models` on the command line
 * @returns the exit code: 2 when something was noted, 1 when something could not be imported
 */
export async function runImportModels(
  args: readonly string[],
  options: ImportModelsOptions,
): Promise<number> {
  const [path, ...more] = args
  if (path === '--help') {
    process.stdout.write(USAGE)
    return 0
  }
  if (path === undefined || path.startsWith('-') || more.length > 0) {
    complain('import-models takes the name of one folder', '', USAGE.trimEnd())
    return 1
  }
  const { loaded } = options
  const read = 'problems' in loaded ? loaded : readModelStore(loaded.environment)
  if ('problems' in read) {
    complain(...read.problems.map(describeProblem))
    return 1
  }
  const folder = await readFolder(path, options.clock)
  if (!folder) return 1
  try {
    const { done, noted, failed } = await importInto(read.store, folder, options)
    process.stdout.write(done.map((line) => `${line}\n`).join(''))
    complain(...noted, ...failed)
    if (failed.length > 0) return 1
    return noted.length > 0 ? 2 : 0
  } catch (error) {
    if (!(error instanceof PointsmanError)) throw error
    complain(error.message)
    return 1
  }
}

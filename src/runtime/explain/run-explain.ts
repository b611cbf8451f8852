import { SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { readModelStore } from '../../config/gateway.js'
import { describeProblem, type Problem } from '../../config/problem.js'
import { PointsmanError } from '../../core/errors.js'
import type { Parameters } from '../../model/decision.js'
import type { DocumentProblem } from '../../model/document.js'
import { validateModel } from '../../model/validate.js'
import { openDiscovery } from '../gateway-sources.js'
import { openStore } from '../../store/registry.js'
import { loadCompile } from '../load-compile.js'
import { systemClock, systemRandom } from '../system-clock.js'
import { explanationText } from './explanation-text.js'
import { lookUp } from './stored-application.js'
import { tell, type Told } from './told.js'

const USAGE = `Usage: node dist/app.js explain [--json] <application> [<parameter>=<value> …]

Tells where a client with these parameters is sent, and why: every rule that was tried, with its conditions. The newest model
of MODEL_STORE is looked at, with the hosts that are registered in ZooKeeper, or those that are stored with it.

  --json    the same as JSON

The exit code is 1 when there is no such application, or its model cannot decide.
`

/** Node ends a process that waits for nothing but timers which do not keep it alive. */
const STAY_ALIVE_MS = 60_000

/** A program's two streams for output. */
export interface Output {
  readonly stdout: Pick<NodeJS.WritableStream, 'write'>
  readonly stderr: Pick<NodeJS.WritableStream, 'write'>
}

/** The variables, or why they cannot be read. */
export type Loaded =
  { readonly environment: NodeJS.ProcessEnv } | { readonly problems: readonly Problem[] }

interface Asked {
  readonly name: string
  readonly parameters: Parameters
  readonly isJson: boolean
}

function readArguments(args: readonly string[]): Asked {
  const [name, ...pairs] = args.filter((arg) => arg !== '--json')
  if (name === undefined) throw new Error('explain takes the name of an application')
  const parameters = new Map<string, string>()
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals < 1) throw new Error(`"${pair}" is no <parameter>=<value>`)
    parameters.set(pair.slice(0, equals), pair.slice(equals + 1))
  }
  return { name, parameters, isJson: args.includes('--json') }
}

function problemLines(problems: readonly DocumentProblem[]): string {
  return problems.map(({ code, path, message }) => `${path} ${code}: ${message}\n`).join('')
}

class Refused extends Error {}

async function explain(asked: Asked, environment: NodeJS.ProcessEnv): Promise<Told> {
  const read = readModelStore(environment)
  if ('problems' in read) throw new Refused(read.problems.map(describeProblem).join('\n'))
  const sessions = new SharedSessions({ clock: systemClock, random: systemRandom })
  const surroundings = { clock: systemClock, sessions, report: () => undefined }
  const sources = {
    store: openStore(read.store, surroundings),
    discovery: openDiscovery(read, surroundings),
  }
  const found = await lookUp(asked.name, sources)
  if ('why' in found) throw new Refused(`${found.why}\n${problemLines(found.problems)}`.trim())
  const { model, lists } = found.served
  const invalid = validateModel(model, { lists })
  const told =
    invalid.length > 0
      ? invalid
      : tell(asked.name, found, asked.parameters, await loadCompile(systemRandom))
  if ('application' in told) return told
  const why = `Version ${found.served.version} of ${asked.name} is refused`
  throw new Refused(`${why}\n${problemLines(told)}`.trim())
}

/**
 * Tells a decision, and why it is so.
 * @param args what stands behind `explain` on the command line
 * @returns the exit code
 */
export async function runExplain(
  args: readonly string[],
  loaded: Loaded,
  { stdout, stderr }: Output = process,
): Promise<number> {
  if (args.includes('--help')) {
    stdout.write(USAGE)
    return 0
  }
  const alive = setInterval(() => undefined, STAY_ALIVE_MS)
  try {
    if ('problems' in loaded) throw new Refused(loaded.problems.map(describeProblem).join('\n'))
    const asked = readArguments(args)
    const told = await explain(asked, loaded.environment)
    stdout.write(asked.isJson ? `${JSON.stringify(told)}\n` : explanationText(told))
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const isUsage = !(error instanceof Refused) && !(error instanceof PointsmanError)
    stderr.write(`${error.message}${isUsage ? `\n\n${USAGE}` : '\n'}`)
    return 1
  } finally {
    clearInterval(alive)
  }
}

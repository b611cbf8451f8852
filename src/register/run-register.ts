import { ZookeeperSession } from '../clients/zookeeper/zookeeper-session.js'
import { describeProblem, type Problem } from '../config/problem.js'
import { readEnsemble } from '../config/zookeeper.js'
import { PointsmanError } from '../core/errors.js'
import type { Clock, Random } from '../core/ports.js'
import { readRegistrant, type Registrant } from './registrant.js'
import { Registration, type RegistrationNews } from './registration.js'

const USAGE = `Usage: node dist/app.js register <application> --stack /<data center>/<zone> --flavor <flavor>
                                (--ipv4 <address> | --ipv6 <address> | both) [--weight <0-100>] [--id <id>]
       node dist/app.js register --path <path> --host <address> --port <port> [--tls] [--weight <0-100>] [--id <id>]

Registers a host in ZooKeeper for as long as it runs: for an application on a stack, or as a target of zookeeper:<path>.
The ensemble is told by ZOOKEEPER_HOSTS and the other ZOOKEEPER_ variables of docs/configuration.md.

  --weight  share of the clients; 5 by default, none with 0
  --id      name of the node; <address>:<port> by default. A node of that name that an earlier run left is replaced
  --tls     the port speaks TLS

SIGTERM and SIGINT take the host out at once. The exit code is 1 when the host cannot be registered.
`

/** What registering needs from outside. */
export interface RegisterOptions {
  /** The variables, or why they cannot be read. */
  readonly loaded:
    { readonly environment: NodeJS.ProcessEnv } | { readonly problems: readonly Problem[] }
  readonly clock: Clock
  readonly random: Random
}

/** Node ends a process that waits for nothing but timers which do not keep it alive. */
const STAY_ALIVE_MS = 60_000

function lineFor(news: RegistrationNews, path: string): string {
  switch (news.kind) {
    case 'registered':
      return `registered ${path}`
    case 'suspended':
      return `waiting: ${news.error.message}`
    case 'expired':
      return 'the session has expired; registering again'
    case 'taken':
      return `waiting: ${path} belongs to somebody else, and is left alone until it goes`
  }
}

async function keep(
  registrant: Registrant,
  session: ZookeeperSession,
  clock: Clock,
): Promise<void> {
  const path = `${registrant.parent}/${registrant.id}`
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const alive = setInterval(() => {}, STAY_ALIVE_MS)
  const onNews = (news: RegistrationNews): void => {
    process.stdout.write(`${lineFor(news, path)}\n`)
  }
  session.connect()
  try {
    await new Registration(registrant, { session, clock, onNews }).run(stop.signal)
  } finally {
    await session.close()
    clearInterval(alive)
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
  }
}

/**
 * Registers a host until the process is told to end.
 * @param args what stands behind `register` on the command line
 * @returns the exit code
 */
export async function runRegister(
  args: readonly string[],
  { loaded, clock, random }: RegisterOptions,
): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE)
    return 0
  }
  const read = 'problems' in loaded ? loaded : readEnsemble(loaded.environment)
  if ('problems' in read) {
    for (const problem of read.problems) process.stderr.write(`${describeProblem(problem)}\n`)
    return 1
  }
  try {
    const registrant = readRegistrant(args)
    await keep(registrant, new ZookeeperSession(read.ensemble, { clock, random }), clock)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const hint = error instanceof PointsmanError ? '' : '\nregister --help tells how it is used'
    process.stderr.write(`${error.message}${hint}\n`)
    return 1
  }
}

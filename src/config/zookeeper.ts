import { parseAuthority } from './authority.js'
import type { gatewayVariables } from './gateway.js'
import { about, commaList, milliseconds, wholeNumber } from './parsers.js'
import { Findings, type Problem } from './problem.js'
import { secret } from './secret.js'
import { readVariables, type Reading, type Values, type Variables } from './variable.js'

const ZOOKEEPER_PORT = 2181
const SHORTEST_SESSION_MS = 1000

/** An ensemble, and how it is spoken to. */
export interface ZookeeperConfig {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  readonly basePath: string
  readonly sessionTimeoutMs: number
  /** `user:password`. */
  readonly login: string | undefined
}

function parseServer(text: string): ZookeeperConfig['hosts'][number] {
  if (text.includes('/'))
    throw new Error('must not contain a path: ZOOKEEPER_BASE_PATH is for that')
  const { host, port } = parseAuthority(text)
  return {
    host,
    port: port === undefined ? ZOOKEEPER_PORT : about('port', wholeNumber(1, 65535), port),
  }
}

/** The path of a node. */
function parsePath(text: string): string {
  if (text === '/') return text
  const [first, ...names] = text.split('/')
  if (first !== '') throw new Error('must begin with /')
  const isName = (name: string): boolean => /^[^\p{Cc}\s]+$/u.test(name) && !/^\.\.?$/.test(name)
  if (!names.every(isName))
    throw new Error('must be names with one / before each: none empty, . or .., no blanks in them')
  return text
}

function parseLogin(text: string): string {
  if (!/^[^:]+:./.test(text)) throw new Error('must be <user>:<password>')
  return text
}

/** What is told of the ZooKeeper ensemble, for everything that uses it. */
export const zookeeperVariables = {
  ZOOKEEPER_HOSTS: {
    parse: commaList(parseServer),
    unset: 'no ZooKeeper',
    meaning: "comma list of the ensemble's servers, `<host>[:<port>]`; port 2181 by default",
    example: '10.0.0.1:2181, 10.0.0.2:2181, 10.0.0.3:2181',
  },
  ZOOKEEPER_BASE_PATH: {
    parse: parsePath,
    default: '/',
    meaning: 'node below which everything is read and written',
    example: '/pointsman',
  },
  ZOOKEEPER_SESSION_TIMEOUT: {
    parse: milliseconds(SHORTEST_SESSION_MS),
    default: '10000',
    unit: 'ms',
    meaning:
      'after so long without a word the ensemble takes us for dead, and after two thirds of it we leave a server that is silent; the ensemble has the last word on it',
    example: '30000',
  },
  ...secret('ZOOKEEPER_AUTH', {
    parse: parseLogin,
    unset: 'none',
    meaning: '`<user>:<password>` of the digest scheme',
    example: 'pointsman:s3cret',
  }),
} as const satisfies Variables

const PREFIX = 'zookeeper:'

/** The source of targets that registered themselves below a node. */
export type ZookeeperSourceName = `${typeof PREFIX}${string}`

/** Whether a source is such a one, whatever node it has. */
export function isZookeeperSource(source: string): source is ZookeeperSourceName {
  return source.startsWith(PREFIX)
}

/** The node of `zookeeper:<path>`. */
export function zookeeperPath(source: ZookeeperSourceName): string {
  return source.slice(PREFIX.length)
}

/** Reads `zookeeper:<path>`. */
export function parseZookeeperSource(text: ZookeeperSourceName): ZookeeperSourceName {
  about('path', parsePath, zookeeperPath(text))
  return text
}

/** What is told of the ensemble; undefined when there is none. */
export function zookeeperConfig(
  values: Values<typeof zookeeperVariables>,
): ZookeeperConfig | undefined {
  if (!values.ZOOKEEPER_HOSTS) return undefined
  return {
    hosts: values.ZOOKEEPER_HOSTS,
    basePath: values.ZOOKEEPER_BASE_PATH,
    sessionTimeoutMs: values.ZOOKEEPER_SESSION_TIMEOUT,
    login: values.ZOOKEEPER_AUTH,
  }
}

/** Reads what is told of the ensemble, for commands that are nothing without one. */
export function readEnsemble(
  environment: NodeJS.ProcessEnv,
): { readonly ensemble: ZookeeperConfig } | { readonly problems: readonly Problem[] } {
  const findings = new Findings()
  const { given, whole } = readVariables(zookeeperVariables, environment, findings)
  const ensemble = whole && zookeeperConfig(whole)
  if (ensemble) return { ensemble }
  if (given.ZOOKEEPER_HOSTS === undefined)
    findings.problem('ZOOKEEPER_HOSTS', undefined, 'is required')
  return { problems: findings.problems }
}

/**
 * Checks that there is an ensemble where one is needed.
 * @param sources of the target groups, by the variables that say so
 */
export function checkZookeeper(
  {
    given,
    partial,
  }: Pick<
    Reading<typeof zookeeperVariables & Pick<typeof gatewayVariables, 'MODEL_STORE'>>,
    'given' | 'partial'
  >,
  sources: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  if (given.ZOOKEEPER_HOSTS !== undefined) return
  const users = [...sources].filter(([, source]) => isZookeeperSource(source))
  if (partial.MODEL_STORE?.kind === 'zookeeper') users.push(['MODEL_STORE', 'zookeeper'])
  const [user] = users
  if (user) findings.problem('ZOOKEEPER_HOSTS', undefined, `is required with ${user.join('=')}`)
}

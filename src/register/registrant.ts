import { randomUUID } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { parseArgs } from 'node:util'
import { isNodeName, isPath, namesOf } from '../clients/zookeeper/paths.js'
import { hostName, wholeNumber } from '../config/parsers.js'

/** Where hosts of applications are registered. */
const ROOT = '/services'

/** A host to register. */
export interface Registrant {
  /** The node that it is a child of. */
  readonly parent: string
  /** Its name below that. */
  readonly id: string
  /** What its node holds: JSON of Curator's service discovery, made for this moment. */
  readonly data: (nowMs: number) => Buffer
}

const OPTIONS = {
  stack: { type: 'string' },
  flavor: { type: 'string' },
  ipv4: { type: 'string' },
  ipv6: { type: 'string' },
  path: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  tls: { type: 'boolean' },
  weight: { type: 'string' },
  id: { type: 'string' },
} as const

type Given = Readonly<Partial<Record<Exclude<keyof typeof OPTIONS, 'tls'>, string>>> & {
  readonly tls?: boolean
}

/** What the record says, beside what every record says. */
interface Service {
  readonly parent: string
  readonly name: string
  readonly address: string
  readonly port: number | null
  readonly sslPort: number | null
  readonly addresses: object
}

/** The value of an option. */
function read<T>(given: Given, option: keyof Given, parse: (text: string) => T): T {
  const text = given[option]
  if (typeof text !== 'string') throw new Error(`--${option} is required`)
  try {
    return parse(text)
  } catch (error) {
    const rule = error instanceof Error ? error.message : String(error)
    throw new Error(`--${option} ${text}: ${rule}`, { cause: error })
  }
}

function addressOf(isLiteral: (text: string) => boolean): (text: string) => string {
  return (text) => (isLiteral(text) ? text : hostName(text))
}

function nodeName(text: string): string {
  if (!isNodeName(text)) throw new Error('is no name: it is empty, has a / in it, or is . or ..')
  return text
}

function refuse(given: Given, options: readonly (keyof Given)[], why: string): void {
  for (const option of options)
    if (given[option] !== undefined) throw new Error(`--${option} ${why}`)
}

function parseStack(text: string): string {
  if (!isPath(text) || namesOf(text).length !== 2) throw new Error('must be /<data center>/<zone>')
  return text
}

/** A host of an application: clients learn its port from the application's model. */
function onStack(application: string, given: Given): Service {
  refuse(given, ['path', 'host', 'port', 'tls'], 'is for hosts of no application')
  const name = application
  if (!isNodeName(name)) throw new Error(`${name} is no name of an application`)
  const stack = read(given, 'stack', parseStack)
  const flavor = read(given, 'flavor', nodeName)
  const isBoth = given.ipv4 !== undefined || given.ipv6 === undefined
  const ipv4Address = isBoth ? read(given, 'ipv4', addressOf(isIPv4)) : null
  const ipv6Address = given.ipv6 === undefined ? null : read(given, 'ipv6', addressOf(isIPv6))
  return {
    parent: `${ROOT}${stack}/${flavor}/${name}`,
    name,
    address: ipv4Address ?? ipv6Address ?? '',
    port: 0,
    sslPort: null,
    addresses: { ipv4Address, ipv6Address },
  }
}

function parseParent(text: string): string {
  if (!isPath(text) || text === '/')
    throw new Error('must be a path below /, of names with one / before each')
  return text
}

/** A host of a service at a path of its own. */
function atPath(given: Given): Service {
  const why = 'is for hosts of an application, whose name is missing'
  refuse(given, ['stack', 'flavor', 'ipv4', 'ipv6'], why)
  const parent = read(given, 'path', parseParent)
  const port = read(given, 'port', wholeNumber(1, 65535))
  const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text)
  return {
    parent,
    name: namesOf(parent).at(-1) ?? '',
    address: read(given, 'host', addressOf(isAddress)),
    port: given.tls ? null : port,
    sslPort: given.tls ? port : null,
    addresses: {},
  }
}

/**
 * The host that the words behind `register` describe.
 * @throws Error whose message says what is wrong with them
 */
export function readRegistrant(args: readonly string[]): Registrant {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  })
  const [application, ...more] = positionals
  if (more.length > 0) throw new Error(`one application at a time: ${more.join(' ')} is too much`)
  const service = application === undefined ? atPath(values) : onStack(application, values)
  const weight = values.weight === undefined ? 5 : read(values, 'weight', wholeNumber(0, 100))
  const { parent, name, address, port, sslPort, addresses } = service
  const listenPort = port ?? sslPort ?? 0
  const id = values.id === undefined ? `${address}:${listenPort}` : read(values, 'id', nodeName)
  const payload = {
    workerId: randomUUID(),
    listenAddress: address,
    listenPort,
    serviceName: name,
    // As Redirector writes it.
    parameters: { ...addresses, weight: weight.toFixed(1) },
  }
  const record = { name, id, address, port, sslPort, payload }
  const rest = { serviceType: 'DYNAMIC', uriSpec: null }
  return {
    parent,
    id,
    data: (nowMs) =>
      Buffer.from(JSON.stringify({ ...record, registrationTimeUTC: nowMs, ...rest })),
  }
}

/** What a node that a service registered says of itself, as Curator's service discovery writes it. */
export interface ServiceInstance {
  /** Address or host name. */
  readonly address: string | undefined
  readonly port: number | undefined
  readonly sslPort: number | undefined
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  /** 0 to 100; 0 takes no clients. */
  readonly weight: number
}

/** A record that cannot be used, and why. */
export interface BrokenInstance {
  readonly problem: string
}

/** The weight of those who tell none, and the highest that counts: Redirector's. */
const USUAL_WEIGHT = 5
const HIGHEST_WEIGHT = 100

/** An address, or a name with nothing in it that could mean something else further on. */
const HOST = /^[\w.:-]{1,253}$/

type Fields = Readonly<Record<string, unknown>>

/** A value as messages show it: the beginning, of long ones. */
function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 80)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hostIn(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && HOST.test(value)) return value
  throw new Error(`${name} ${shown(value)} is no address and no host name`)
}

/** Port 0 stands for none. */
function portIn(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? 0
  if (value === 0) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536)
    return value
  throw new Error(`${name} ${shown(value)} is no port`)
}

function weightIn(parameters: Fields): number {
  const value = parameters['weight'] ?? USUAL_WEIGHT
  const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof weight !== 'number' || Number.isNaN(weight))
    throw new Error(`weight ${shown(value)} is no number`)
  return Math.min(HIGHEST_WEIGHT, Math.max(0, Math.round(weight)))
}

function parametersOf({ payload }: Fields): Fields {
  const parameters = isFields(payload) ? payload['parameters'] : undefined
  return isFields(parameters) ? parameters : {}
}

function instanceOf(record: Fields): ServiceInstance {
  if (record['enabled'] === false) throw new Error('it is not enabled')
  const parameters = parametersOf(record)
  const address = hostIn(record, 'address')
  // Redirector's rule: whoever tells an IPv6 address, even none, tells the other one beside it.
  const tellsBoth = 'ipv6Address' in parameters
  return {
    address,
    port: portIn(record, 'port'),
    sslPort: portIn(record, 'sslPort'),
    ipv4: tellsBoth ? hostIn(parameters, 'ipv4Address') : address,
    ipv6: tellsBoth ? hostIn(parameters, 'ipv6Address') : undefined,
    weight: weightIn(parameters),
  }
}

/** Reads the data of a node. */
export function readInstance(data: Buffer): ServiceInstance | BrokenInstance {
  try {
    const record: unknown = JSON.parse(data.toString())
    if (!isFields(record)) return { problem: 'its data are not a JSON object' }
    return instanceOf(record)
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'its data are not JSON' }
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

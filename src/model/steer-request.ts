import type { Facts } from '../core/facts.js'
import type { Steered } from '../core/steering.js'
import type { Scheme } from '../core/target.js'
import type { Applications } from './applications.js'
import type { Parameters } from './decision.js'

/** WebSocket begins as a request of HTTP. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['http', 'http'],
  ['ws', 'http'],
  ['https', 'https'],
  ['wss', 'https'],
])

/**
 * The hosts of an application that a request is to be forwarded to: those of the first server of the decision that has any.
 * @returns undefined when none serves, or the decision is an absolute URL or of another protocol
 */
export function steerRequest(
  applications: Applications,
  name: string,
  parameters: Parameters,
  facts: Facts,
): Steered | undefined {
  const application = applications.get(name)
  if (typeof application === 'string') return undefined
  const { ways, url } = application.steer(parameters)
  const { protocol, port, ipVersion: family } = url.parameters
  const scheme = SCHEMES.get(protocol)
  const hosts = ways.find((way) => way.hosts)?.hosts
  if (!scheme || !hosts) return undefined
  return { order: hosts.order(facts), size: hosts.size, reach: { scheme, port, family } }
}

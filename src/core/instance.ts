import { isIP } from 'node:net'
import type { Instance, Scheme, Target } from './target.js'

const GROUP_PREFIX = 'application:'

/** The name of the target group that the hosts of an application are; no configured group can have it. */
export function applicationGroup(application: string): string {
  return GROUP_PREFIX + application
}

const HOST_NAME = /^(?!-)[\w-]+(?:\.[\w-]+)*\.?$/

/** What stands in URLs and is connected to must be an address or a host name, whatever was registered. */
function usable(text: string | undefined): string | undefined {
  return text !== undefined && (isIP(text) !== 0 || HOST_NAME.test(text)) ? text : undefined
}

/**
 * The target that a registered host is. Its port is 0, for nobody registers one; its address may be a host name.
 * @param weight 0 to 100; 0 takes no clients
 * @returns undefined for a host of which no address can be used
 */
export function instanceTarget(registered: Instance, weight: number): Target | undefined {
  const { stack } = registered
  const [ipv4, ipv6] = [usable(registered.ipv4), usable(registered.ipv6)]
  const address = ipv4 ?? ipv6
  if (address === undefined) return undefined
  const addresses = ipv4 === undefined || ipv6 === undefined ? address : `${ipv4},${ipv6}`
  return {
    id: `${stack}#${addresses}`,
    scheme: 'http',
    host: address,
    address,
    port: 0,
    basePath: '',
    weight,
    instance: { stack, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) },
  }
}

/** How a host of an application is spoken to. */
export interface Reach {
  readonly scheme: Scheme
  readonly port: number
  readonly family: 4 | 6
}

/**
 * A host of an application as it is reached by what an application's rules say.
 * @returns undefined when it has no address of that family
 */
export function reached(host: Target, { scheme, port, family }: Reach): Target | undefined {
  const address = family === 4 ? host.instance?.ipv4 : host.instance?.ipv6
  if (address === undefined) return undefined
  const id = `${host.id} ${scheme}:${port}/${family}`
  return { ...host, id, host: address, address, scheme, port }
}

/** The id of the target that a group lists: `target` itself, or the host of an application that was `reached`. */
export function listedId({ id, instance, port }: Target): string {
  return instance && port !== 0 ? id.slice(0, id.lastIndexOf(' ')) : id
}

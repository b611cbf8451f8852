/** How HTTP is spoken with a target: HTTP/1.1 in the clear or under TLS, HTTP/2 under TLS or in the clear. */
export const SCHEMES = ['http', 'https', 'h2', 'h2c'] as const

/** One of `SCHEMES`. */
export type Scheme = (typeof SCHEMES)[number]

/** What a target speaks: HTTP, or what clients that were led to it speak with it by themselves. */
export type TargetScheme = Scheme | 'postgres' | 'redis'

/** A target as somebody wrote it down; its host may be a name that stands for several addresses. */
export interface TargetSpec {
  readonly scheme: TargetScheme
  /** Host name or IP address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Put in front of every path: empty, or begins with `/` and does not end with one. */
  readonly basePath: string
  /** 1 to 100. */
  readonly weight: number
}

/** A host of an application, as it is registered: who connects to it learns the port and the protocol elsewhere. */
export interface Instance {
  /** `/DC/AZ/flavor`. */
  readonly stack: string
  /** Address or host name that is reached over IPv4. */
  readonly ipv4?: string
  /** Address or host name that is reached over IPv6. */
  readonly ipv6?: string
}

/** One address that can serve. */
export interface Target extends TargetSpec {
  /** Names the target within its group, in logs and metrics: `http://10.0.0.7:8080/v1`. */
  readonly id: string
  /** IPv4 or IPv6 literal that is connected to, IPv6 without brackets. */
  readonly address: string
  /** Set for the hosts of an application. */
  readonly instance?: Instance
}

const DEFAULT_PORTS: Readonly<Record<TargetScheme, number>> = {
  http: 80,
  https: 443,
  h2: 443,
  h2c: 80,
  postgres: 5432,
  redis: 6379,
}

/** The port a target has when none was given. */
export function defaultPort(scheme: TargetScheme): number {
  return DEFAULT_PORTS[scheme]
}

/** Whether HTTP is spoken under TLS with targets of this scheme. */
export function isSecure(scheme: TargetScheme): boolean {
  return scheme === 'https' || scheme === 'h2'
}

/** Whether a host is the name of a service, which SRV records say more of: `_http._tcp.example.com` (RFC 2782). */
export function isServiceName(host: string): boolean {
  return /^_[^.]+\._[^.]+\../.test(host)
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** `host:port`, with an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return `${bracketed(host)}:${port}`
}

/** The target that `spec` is at `address`; two addresses of one host name are two targets. */
export function targetAt(spec: TargetSpec, address: string): Target {
  const named = spec.host === address ? '' : `#${spec.host}`
  const id = `${spec.scheme}://${hostAndPort(address, spec.port)}${spec.basePath}${named}`
  return { ...spec, id, address }
}

/** The `Host` field a target expects: its own host, with the port unless it is the scheme's default. */
export function hostField(target: TargetSpec): string {
  const { scheme, host, port } = target
  return port === defaultPort(scheme) ? bracketed(host) : hostAndPort(host, port)
}

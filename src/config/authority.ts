import { about, hostName, ipVersion, wholeNumber } from './parsers.js'

/** A host and the text behind its colon. */
interface Authority {
  /** In lower case, IPv6 without brackets. */
  readonly host: string
  readonly port: string | undefined
}

function parseBracketed(authority: string): Authority {
  const [, address = '', port] = /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? []
  if (ipVersion(address) !== 6)
    throw new Error('its brackets must hold an IPv6 address, like [::1]:80')
  // The one spelling of RFC 5952, so that two spellings of an address count as the same target.
  return { host: new URL(`http://[${address}]`).hostname.slice(1, -1), port }
}

/** Reads `<host>[:<port>]`; the port is not looked at. */
export function parseAuthority(authority: string): Authority {
  if (authority.includes('@')) throw new Error('must not contain a user name or a password')
  if (authority.startsWith('[')) return parseBracketed(authority)
  const [host = '', port, ...more] = authority.split(':')
  if (more.length > 0)
    throw new Error(`has too many colons: an IPv6 address is written in brackets, like [::1]:80`)
  if (host === '') throw new Error('has no host')
  return { host: about('host', hostName, host), port }
}

/** A `Host` field: `<host>[:<port>]`, as it was written. */
export function hostField(text: string): string {
  const { port } = parseAuthority(text)
  if (port !== undefined) about('port', wholeNumber(1, 65535), port)
  return text
}

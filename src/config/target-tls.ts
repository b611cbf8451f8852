import { X509Certificate } from 'node:crypto'
import type { TargetTls } from '../core/group-settings.js'
import { fileText, flag, hostName, ipVersion } from './parsers.js'
import type { Variables } from './variable.js'

/** A name to ask a server for, and to look for in its certificate. */
export function serverName(text: string): string {
  if (ipVersion(text) !== 0)
    throw new Error('must be a name: RFC 6066 allows no address to be asked for')
  return hostName(text)
}

/** What a file of certificates in PEM form holds. */
export function certificateFile(path: string): string {
  const pem = fileText(path)
  try {
    new X509Certificate(pem)
  } catch (error) {
    throw new Error('the file holds no certificate in PEM form', { cause: error })
  }
  return pem
}

/** TLS towards the targets of a group. */
export const tlsMembers = {
  TLS_VERIFY: {
    parse: flag,
    default: 'true',
    meaning:
      'whether a `https` or `h2` target must show a certificate that verifies; `false` lets anybody in between pose as the target',
    example: 'false',
  },
  TLS_CA_FILE: {
    parse: certificateFile,
    unset: "the system's",
    meaning: 'PEM file of the authorities that are believed instead; read at start and on SIGHUP',
    example: '/etc/pointsman/ca.pem',
  },
  TLS_SERVER_NAME: {
    parse: serverName,
    unset: "the target's host",
    meaning: 'name that is asked for (SNI) and looked for in the certificate',
    example: 'web.example.com',
  },
} as const satisfies Variables

interface TlsChoice {
  readonly verify: boolean
  readonly ca: string | undefined
  readonly serverName: string | undefined
}

/** TLS towards a target, without what was not chosen. */
export function targetTls({ verify, ca, serverName: name }: TlsChoice): TargetTls {
  return {
    verify,
    ...(ca !== undefined && { ca }),
    ...(name !== undefined && { serverName: name }),
  }
}

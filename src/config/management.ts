import { passwordProblem, USER_NAME } from '../core/credentials.js'
import { hostAndPort } from '../core/target.js'
import { checkKeyPair } from './listener.js'
import type { listenerVariables } from './listener-variables.js'
import {
  checkOpenid,
  openidConfig,
  openidVariables,
  type OpenidConfig,
  type OpenidReading,
} from './openid.js'
import { anyText, listenHost, listenPort, readableFile } from './parsers.js'
import type { Findings } from './problem.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

/** Where operators are listened to, and how they sign in. */
export interface ManagementConfig {
  readonly host: string
  readonly port: number
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  /** Addresses and networks whose `X-Forwarded-*` fields are believed. */
  readonly trustProxy: readonly string[]
  /** Who becomes the first administrator; undefined when nobody does. */
  readonly bootstrap: { readonly user: string; readonly password: string } | undefined
  /** Undefined when nobody signs in by OpenID Connect. */
  readonly openid: OpenidConfig | undefined
}

function userName(text: string): string {
  if (!new RegExp(USER_NAME).test(text))
    throw new Error(
      'must be the name of a user: lower-case letters, digits, and . _ @ + - after the first, at most 100',
    )
  return text
}

/** The operators' listener. */
export const managementVariables = {
  MANAGEMENT_HOST: {
    parse: listenHost,
    default: '127.0.0.1',
    meaning: 'address or host name to listen on for operators',
    example: '0.0.0.0',
  },
  MANAGEMENT_PORT: {
    parse: listenPort,
    unset: 'no such listener',
    meaning: 'port to listen on for operators; `0` is any free port, told in the log',
    example: '9090',
  },
  MANAGEMENT_TLS_CERT: {
    parse: readableFile,
    unset: 'none',
    meaning:
      "PEM file with the certificate of the operators' listener and its chain; with the key it makes the listener speak TLS; a replaced file is picked up without a restart",
    example: '/etc/pointsman/management.crt',
  },
  MANAGEMENT_TLS_KEY: {
    parse: readableFile,
    unset: 'none',
    meaning: 'PEM file with the private key of the certificate',
    example: '/etc/pointsman/management.key',
  },
  MANAGEMENT_BOOTSTRAP_USER: {
    parse: userName,
    unset: 'nobody',
    meaning:
      'name of the first administrator, who is made where there are no users yet; without any user, [everybody sees the status and nobody more](management.md#signing-in)',
    example: 'admin',
  },
  ...secret('MANAGEMENT_BOOTSTRAP_PASSWORD', {
    parse: anyText,
    unset: 'none',
    meaning: 'password of the first administrator, at least 12 characters',
    example: 'correct horse battery staple',
  }),
  ...openidVariables,
} as const satisfies Variables

/** The variables as read. */
export type ManagementReading = Pick<Reading<typeof managementVariables>, 'given' | 'partial'>

function checkBootstrap({ given, partial }: ManagementReading, findings: Findings): void {
  const { MANAGEMENT_BOOTSTRAP_USER: user, MANAGEMENT_BOOTSTRAP_PASSWORD: password } = partial
  const hasPassword =
    given.MANAGEMENT_BOOTSTRAP_PASSWORD !== undefined ||
    given.MANAGEMENT_BOOTSTRAP_PASSWORD_FILE !== undefined
  if (given.MANAGEMENT_BOOTSTRAP_USER !== undefined && !hasPassword)
    findings.problem(
      'MANAGEMENT_BOOTSTRAP_PASSWORD',
      undefined,
      'is required with MANAGEMENT_BOOTSTRAP_USER',
    )
  if (hasPassword && given.MANAGEMENT_BOOTSTRAP_USER === undefined)
    findings.problem(
      'MANAGEMENT_BOOTSTRAP_USER',
      undefined,
      'is required with MANAGEMENT_BOOTSTRAP_PASSWORD',
    )
  const problem = password !== undefined && passwordProblem(password, user ?? '')
  if (problem) findings.problem('MANAGEMENT_BOOTSTRAP_PASSWORD', undefined, problem)
}

/** Checks what no variable can tell alone. */
export function checkManagement(
  reading: ManagementReading & OpenidReading,
  findings: Findings,
): void {
  const { given, partial } = reading
  const tls = {
    names: { cert: 'MANAGEMENT_TLS_CERT', key: 'MANAGEMENT_TLS_KEY' },
    given: { cert: given.MANAGEMENT_TLS_CERT, key: given.MANAGEMENT_TLS_KEY },
    files: { cert: partial.MANAGEMENT_TLS_CERT, key: partial.MANAGEMENT_TLS_KEY },
  }
  checkKeyPair(tls, findings)
  checkBootstrap(reading, findings)
  checkOpenid(reading, findings)
}

type ManagementValues = Values<typeof managementVariables> &
  Values<Pick<typeof listenerVariables, 'TRUST_PROXY'>>

/** The operators' listener, if one is asked for. */
export function managementConfig(values: ManagementValues): ManagementConfig | undefined {
  const { MANAGEMENT_HOST: host, MANAGEMENT_PORT: port, TRUST_PROXY: trustProxy } = values
  const { MANAGEMENT_TLS_CERT: certFile, MANAGEMENT_TLS_KEY: keyFile } = values
  const { MANAGEMENT_BOOTSTRAP_USER: user, MANAGEMENT_BOOTSTRAP_PASSWORD: password } = values
  if (port === undefined) return undefined
  return {
    host,
    port,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    trustProxy,
    bootstrap: user !== undefined && password !== undefined ? { user, password } : undefined,
    openid: openidConfig(values),
  }
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where on this machine a service with these variables listens to operators; port 9090 when they do not say. */
export function managementUrl(environment: NodeJS.ProcessEnv): string {
  const host = environment['MANAGEMENT_HOST']?.trim() || managementVariables.MANAGEMENT_HOST.default
  const port = environment['MANAGEMENT_PORT']?.trim() || managementVariables.MANAGEMENT_PORT.example
  const scheme = environment['MANAGEMENT_TLS_CERT']?.trim() ? 'https' : 'http'
  return `${scheme}://${hostAndPort(EVERY_ADDRESS[host] ?? host, Number(port))}`
}

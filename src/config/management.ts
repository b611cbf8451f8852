import { hostAndPort } from '../core/target.js'
import { listenHost, listenPort } from './parsers.js'
import type { Values, Variables } from './variable.js'

/** Where operators are listened to. */
export interface ManagementConfig {
  readonly host: string
  readonly port: number
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
} as const satisfies Variables

/** The operators' listener, if one is asked for. */
export function managementConfig({
  MANAGEMENT_HOST: host,
  MANAGEMENT_PORT: port,
}: Values<typeof managementVariables>): ManagementConfig | undefined {
  return port === undefined ? undefined : { host, port }
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where on this machine a service with these variables listens to operators; port 9090 when they do not say. */
export function managementUrl(environment: NodeJS.ProcessEnv): string {
  const host = environment['MANAGEMENT_HOST']?.trim() || managementVariables.MANAGEMENT_HOST.default
  const port = environment['MANAGEMENT_PORT']?.trim() || managementVariables.MANAGEMENT_PORT.example
  return `http://${hostAndPort(EVERY_ADDRESS[host] ?? host, Number(port))}`
}

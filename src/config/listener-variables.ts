import {
  addressOrNetwork,
  bytes,
  commaList,
  flag,
  listenHost,
  listenPort,
  milliseconds,
  oneOf,
  readableFile,
} from './parsers.js'
import type { Variables } from './variable.js'

const SMALLEST_HEADER_LIMIT = 1024
const LARGEST_HEADER_LIMIT = 1024 * 1024

function trustedPeers(text: string): readonly string[] {
  if (text === 'false') return []
  if (text === 'true')
    throw new Error(
      'would let every client choose the address it is logged with; list the addresses or networks of the proxies in front, like 10.0.0.0/8',
    )
  return commaList(addressOrNetwork)(text)
}

/** The proxy's listener, its limits, and what holds for all its rules. */
export const listenerVariables = {
  LISTENER_HOST: {
    parse: listenHost,
    default: '0.0.0.0',
    meaning: 'address or host name to listen on; `::` is every IPv6 and IPv4 address',
    example: '127.0.0.1',
  },
  LISTENER_PORT: {
    parse: listenPort,
    default: '8080',
    meaning: 'port to listen on; `0` is any free port, told in the log',
    example: '80',
  },
  LISTENER_TLS_CERT: {
    parse: readableFile,
    unset: 'none',
    meaning:
      'PEM file with the certificate and its chain; with the key it makes the listener speak TLS, HTTP/2 and HTTP/1.1; a replaced file is picked up without a restart',
    example: '/etc/pointsman/tls.crt',
  },
  LISTENER_TLS_KEY: {
    parse: readableFile,
    unset: 'none',
    meaning: 'PEM file with the private key of the certificate',
    example: '/etc/pointsman/tls.key',
  },
  CONNECTION_TIMEOUT: {
    parse: milliseconds(),
    default: '5000',
    unit: 'ms',
    meaning:
      'longest wait for a target: for its response to begin, over all attempts, then between two pieces of the body',
    example: '2000',
  },
  UPGRADE_TIMEOUT: {
    parse: milliseconds(),
    default: '3600000',
    unit: 'ms',
    meaning: 'longest silence on an upgraded connection, a WebSocket for example',
    example: '600000',
  },
  HEADERS_TIMEOUT: {
    parse: milliseconds(),
    default: '10000',
    unit: 'ms',
    meaning: "time for a request's head to arrive, else 408; never longer than `REQUEST_TIMEOUT`",
    example: '5000',
  },
  REQUEST_TIMEOUT: {
    parse: milliseconds(),
    default: '60000',
    unit: 'ms',
    meaning:
      "time for a request's body, with a second more for each KiB received, and longest silence inside it, else 408; it stands still while the target does not read; also how long a client may leave its response unread",
    example: '30000',
  },
  KEEP_ALIVE_TIMEOUT: {
    parse: milliseconds(),
    default: '65000',
    unit: 'ms',
    meaning: "how long a client's connection stays open without a request",
    example: '20000',
  },
  MAX_HEADER_SIZE: {
    parse: bytes(SMALLEST_HEADER_LIMIT, LARGEST_HEADER_LIMIT),
    default: '16384',
    unit: 'bytes',
    meaning: "longest head of a request, else 431, and of a target's response, else 502",
    example: '32768',
  },
  MAX_BODY_SIZE: {
    parse: bytes(0),
    default: '0',
    unit: 'bytes',
    meaning: 'longest body of a request, else 413; `0` = no limit',
    example: '10485760',
  },
  TRUST_PROXY: {
    parse: trustedPeers,
    default: 'false',
    meaning:
      'comma list of addresses and networks whose `X-Forwarded-*` and `Forwarded` fields are believed and extended; what others send of them is replaced; `false` = nobody',
    example: '10.0.0.0/8, ::1',
  },
  FORWARDED: {
    parse: flag,
    default: 'false',
    meaning: 'send targets `Forwarded` (RFC 7239) instead of `X-Forwarded-*`',
    example: 'true',
  },
  TRACE: {
    parse: flag,
    default: 'false',
    meaning:
      'make a `traceparent` (W3C Trace Context) for requests that come without one; one that comes is passed on either way',
    example: 'true',
  },
  ACCESS_LOG: {
    parse: oneOf(['off', 'errors', 'all']),
    default: 'errors',
    meaning:
      'requests that are logged: `off` none, `errors` those aborted or answered with 500 and above, `all`',
    example: 'all',
  },
} as const satisfies Variables

import type { GatewaySettings } from '../faces/gateway/settings.js'
import type { listenerVariables } from './listener-variables.js'
import { anyText, listenHost, listenPort, oneOf } from './parsers.js'
import { Findings, type Problem } from './problem.js'
import { readVariables, type Values, type Variables } from './variable.js'
import {
  checkZookeeper,
  zookeeperConfig,
  zookeeperVariables,
  type ZookeeperConfig,
} from './zookeeper.js'

interface FileChoice {
  readonly kind: 'file'
  readonly directory: string
}

/** Where models are kept. */
export type ModelStoreConfig =
  FileChoice | { readonly kind: 'zookeeper'; readonly ensemble: ZookeeperConfig }

/** What steers clients by the models of applications. */
export interface GatewayConfig {
  /** Undefined when nobody asks this process where to go. */
  readonly face: GatewaySettings | undefined
  /** Whether clients are steered by models here; else they are at most managed. */
  readonly isSteering: boolean
  readonly store: ModelStoreConfig
  /** What a model means that does not say it: whether its hosts follow those that are registered, or stay until it changes. */
  readonly discovery: 'dynamic' | 'static'
  readonly lastKnownGoodDirectory: string
  /** In PEM, of those whose bundles are taken while the store is lost; undefined to take none. */
  readonly bundleKey: string | undefined
  /** Where hosts register, and models may be kept; undefined without ZooKeeper. */
  readonly ensemble: ZookeeperConfig | undefined
}

const FILE_PREFIX = 'file:'

function modelStore(text: string): FileChoice | { readonly kind: 'zookeeper' } {
  if (text === 'zookeeper') return { kind: 'zookeeper' }
  const directory = text.startsWith(FILE_PREFIX) ? text.slice(FILE_PREFIX.length).trim() : ''
  if (directory === '') throw new Error('must be zookeeper or file:<directory>')
  return { kind: 'file', directory }
}

/** The gateway, and what it knows of applications. */
export const gatewayVariables = {
  GATEWAY_HOST: {
    parse: listenHost,
    default: '0.0.0.0',
    meaning: 'address or host name to listen on; `::` is every IPv6 and IPv4 address',
    example: '127.0.0.1',
  },
  GATEWAY_PORT: {
    parse: listenPort,
    unset: 'no gateway',
    meaning: 'port to listen on; `0` is any free port, told in the log',
    example: '10601',
  },
  GATEWAY_RESPONSE: {
    parse: oneOf(['redirect', 'body', 'legacy-redirect']),
    default: 'redirect',
    meaning:
      'how clients are told where to go: `redirect` by a 302 with the full URL, unless they accept `application/json`; `body` by JSON; `legacy-redirect` by the 302 of [Redirector](gateway.md#what-differs-from-redirector)',
    example: 'body',
  },
  MODEL_STORE: {
    parse: modelStore,
    default: 'file:./data',
    meaning: 'where models are kept: `file:<directory>`, or `zookeeper`',
    example: 'file:/var/lib/pointsman',
  },
  DISCOVERY_MODE: {
    parse: oneOf(['dynamic', 'static']),
    default: 'dynamic',
    meaning:
      'hosts of applications whose models do not say it: `dynamic` those that are registered, at once; `static` those that were registered when the model changed or a reload was asked for',
    example: 'static',
  },
  LKG_DIR: {
    parse: anyText,
    default: './data/lkg',
    meaning:
      'directory in which the last models and hosts that served are kept, for a start without the store',
    example: '/var/lib/pointsman/lkg',
  },
} as const satisfies Variables

/** What the gateway shares with the proxy. */
type SharedVariables = Pick<
  typeof listenerVariables,
  | 'HEADERS_TIMEOUT'
  | 'REQUEST_TIMEOUT'
  | 'KEEP_ALIVE_TIMEOUT'
  | 'MAX_HEADER_SIZE'
  | 'TRUST_PROXY'
  | 'ACCESS_LOG'
>

type GatewayValues = Values<typeof gatewayVariables> & {
  readonly BUNDLE_PUBLIC_KEY: string | undefined
} & Values<SharedVariables> &
  Values<typeof zookeeperVariables>

function gatewaySettings(values: GatewayValues): GatewaySettings | undefined {
  const { GATEWAY_PORT: port } = values
  if (port === undefined) return undefined
  return {
    host: values.GATEWAY_HOST,
    port,
    response: values.GATEWAY_RESPONSE,
    headersTimeoutMs: Math.min(values.HEADERS_TIMEOUT, values.REQUEST_TIMEOUT),
    requestTimeoutMs: values.REQUEST_TIMEOUT,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT,
    maxHeaderSizeBytes: values.MAX_HEADER_SIZE,
    trustProxy: values.TRUST_PROXY,
    accessLog: values.ACCESS_LOG,
  }
}

type StoreVariables = Pick<typeof gatewayVariables, 'MODEL_STORE'> & typeof zookeeperVariables

/** Undefined when it is an ensemble that nobody has named, which is a problem. */
function storeConfig(values: Values<StoreVariables>): ModelStoreConfig | undefined {
  if (values.MODEL_STORE.kind === 'file') return values.MODEL_STORE
  const ensemble = zookeeperConfig(values)
  return ensemble && { kind: 'zookeeper', ensemble }
}

/** Reads where models are kept, and hosts register, for commands that need no more than that. */
export function readModelStore(
  environment: NodeJS.ProcessEnv,
): Pick<GatewayConfig, 'store' | 'ensemble'> | { readonly problems: readonly Problem[] } {
  const findings = new Findings()
  const { MODEL_STORE } = gatewayVariables
  const variables: StoreVariables = { MODEL_STORE, ...zookeeperVariables }
  const reading = readVariables(variables, environment, findings)
  checkZookeeper(reading, new Map(), findings)
  const { whole } = reading
  const store = whole && storeConfig(whole)
  if (!store || findings.problems.length > 0) return { problems: findings.problems }
  return { store, ensemble: zookeeperConfig(whole) }
}

/** Who may ask for applications, beside the clients of the gateway. */
export interface AskedBy {
  /** Rules of the proxy. */
  readonly rules: boolean
  readonly operators: boolean
}

/** What is to be done about applications; undefined when nobody may ask for any. */
export function gatewayConfig(values: GatewayValues, by: AskedBy): GatewayConfig | undefined {
  const face = gatewaySettings(values)
  const store = storeConfig(values)
  const isSteering = face !== undefined || by.rules
  if (!store || (!isSteering && !by.operators)) return undefined
  return {
    face,
    isSteering,
    store,
    discovery: values.DISCOVERY_MODE,
    lastKnownGoodDirectory: values.LKG_DIR,
    bundleKey: values.BUNDLE_PUBLIC_KEY,
    ensemble: zookeeperConfig(values),
  }
}

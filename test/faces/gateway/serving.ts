import { request, type Agent, type IncomingHttpHeaders } from 'node:http'
import pino from 'pino'
import type { Test } from 'tap'
import { GatewayFace } from '../../../src/faces/gateway/gateway-face.js'
import type { GatewaySettings } from '../../../src/faces/gateway/settings.js'
import { systemClock } from '../../../src/runtime/system-clock.js'
import { GatewayCounts } from '../../../src/telemetry/gateway-traffic.js'
import type { Shop } from '../../support/applications.js'

/** The settings of a gateway on a free port, with the defaults of the configuration. */
export function gatewaySettings(settings: Partial<GatewaySettings> = {}): GatewaySettings {
  return {
    host: '127.0.0.1',
    port: 0,
    response: 'redirect',
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 60_000,
    keepAliveTimeoutMs: 65_000,
    maxHeaderSizeBytes: 16_384,
    trustProxy: [],
    accessLog: 'all',
    ...settings,
  }
}

/** What a client got. */
export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a client sends. */
export interface Sent {
  readonly method?: string
  /** Names and values in turn. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
  readonly agent?: Agent
}

/** A gateway inside this process. */
export class Serving {
  readonly face: GatewayFace
  readonly counts = new GatewayCounts()
  readonly logs: Readonly<Record<string, unknown>>[] = []

  private known = 0

  private constructor(shop: Shop, settings: GatewaySettings) {
    const log = pino(
      {},
      { write: (line) => this.logs.push(JSON.parse(line) as (typeof this.logs)[0]) },
    )
    this.face = new GatewayFace(settings, {
      applications: shop.applications,
      clock: systemClock,
      log,
      counts: this.counts,
      version: '1.2.3',
    })
  }

  static async start(
    t: Test,
    shop: Shop,
    settings: Partial<GatewaySettings> = {},
  ): Promise<Serving> {
    const all = gatewaySettings(settings)
    const serving = new Serving(shop, all)
    await serving.face.take(all, await serving.face.bind(all), AbortSignal.abort())
    t.teardown(() => serving.face.stop(AbortSignal.abort()))
    return serving
  }

  /** Where it listens, or did before it was stopped. */
  get port(): number {
    return (this.known ||= Number(this.face.address?.split(':')[1]))
  }

  /** Asks for a path, as it is written. */
  get(path: string, { method = 'GET', headers = [], body, agent }: Sent = {}): Promise<Got> {
    return new Promise((resolve, reject) => {
      const options = {
        port: this.port,
        path,
        method,
        headers: ['Host', 'h', ...headers],
        agent: agent ?? false,
      }
      const asked = request({ host: '127.0.0.1', ...options }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.once('end', () => {
          const { statusCode: status = 0, headers: fields } = response
          resolve({ status, headers: fields, body: text })
        })
      })
      asked.once('error', reject).end(body)
    })
  }

  /** What was counted. */
  get counted(): readonly string[] {
    return [...this.counts.all()].map(({ labels, count }) => [...labels, count].join(' '))
  }
}

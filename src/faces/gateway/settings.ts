/**
 * How clients are told where to go: by a redirect; by a body that names the place; or by the redirect of Redirector, with
 * everything that is odd about it, for clients that were made for that.
 */
export type GatewayResponse = 'redirect' | 'body' | 'legacy-redirect'

/** The gateway as configured. Times in milliseconds, sizes in bytes. */
export interface GatewaySettings {
  readonly host: string
  readonly port: number
  readonly response: GatewayResponse
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly maxHeaderSizeBytes: number
  /** Addresses and CIDRs that are believed about where a request comes from, and whether by TLS. */
  readonly trustProxy: readonly string[]
  readonly accessLog: 'off' | 'errors' | 'all'
}

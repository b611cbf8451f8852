import type { CertificateFiles } from '../../disk/certificate-watch.js'

/** One listener rule: which requests go to which target group, and how their path changes. */
export interface ListenerRule {
  /** The number in its variables' names; names the rule in logs. */
  readonly number: number
  /** Begins with `/`. */
  readonly pathPrefix: string
  /** Prefix stripped before the target's base path is put in front; empty = nothing is stripped. */
  readonly pathRewrite: string
  /** Of an application that it is the group of its hosts. */
  readonly targetGroup: string
  /** Whose rules choose the hosts; undefined = every target of the group may serve. */
  readonly application: string | undefined
  readonly pathMatch: 'segment' | 'string'
  readonly preserveHost: boolean
  /** Lower-case host name without port, or `*.` and a domain; undefined = any host. */
  readonly host: string | undefined
}

/** The proxy face as configured. Times in milliseconds, sizes in bytes, 0 = no limit where a limit may be absent. */
export interface ProxySettings {
  readonly host: string
  readonly port: number
  readonly tls: CertificateFiles | undefined
  readonly connectionTimeoutMs: number
  readonly upgradeTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly maxHeaderSizeBytes: number
  readonly maxBodySizeBytes: number
  /** Addresses and CIDRs whose forwarded fields are believed. */
  readonly trustProxy: readonly string[]
  /** Write RFC 7239 `Forwarded` instead of `X-Forwarded-*`. */
  readonly forwarded: boolean
  /** Make a `traceparent` for requests that have none. */
  readonly trace: boolean
  readonly accessLog: 'off' | 'errors' | 'all'
  readonly rules: readonly ListenerRule[]
}

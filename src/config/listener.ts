import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { ListenerRule, ProxySettings } from '../faces/proxy/settings.js'
import type { listenerVariables } from './listener-variables.js'
import type { Findings } from './problem.js'
import type { Reading, Values } from './variable.js'

/** The listener's variables as read. */
export type ListenerReading = Pick<Reading<typeof listenerVariables>, 'given' | 'partial'>

/** The two files of a listener's TLS, as read; each undefined when it was not given, or could not be read. */
export interface TlsReading {
  /** `LISTENER_TLS_CERT` for example. */
  readonly names: { readonly cert: string; readonly key: string }
  readonly given: { readonly cert: string | undefined; readonly key: string | undefined }
  readonly files: { readonly cert: string | undefined; readonly key: string | undefined }
}

/** Checks that a certificate has its key. */
export function checkKeyPair({ names, given, files }: TlsReading, findings: Findings): void {
  if (given.cert !== undefined && given.key === undefined)
    findings.problem(names.key, undefined, `is required with ${names.cert}`)
  if (given.key !== undefined && given.cert === undefined)
    findings.problem(names.cert, undefined, `is required with ${names.key}`)
  if (files.cert === undefined || files.key === undefined) return
  try {
    createSecureContext({ cert: readFileSync(files.cert), key: readFileSync(files.key) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    findings.problem(names.cert, files.cert, `cannot serve with ${names.key} (${reason})`)
  }
}

/** Checks what no variable of the listener can tell alone: that a certificate has its key. */
export function checkListener({ given, partial }: ListenerReading, findings: Findings): void {
  const reading = {
    names: { cert: 'LISTENER_TLS_CERT', key: 'LISTENER_TLS_KEY' },
    given: { cert: given.LISTENER_TLS_CERT, key: given.LISTENER_TLS_KEY },
    files: { cert: partial.LISTENER_TLS_CERT, key: partial.LISTENER_TLS_KEY },
  }
  checkKeyPair(reading, findings)
}

/** The proxy face of a listener and its rules. */
export function proxySettings(
  values: Values<typeof listenerVariables>,
  rules: readonly ListenerRule[],
): ProxySettings {
  const { LISTENER_TLS_CERT: certFile, LISTENER_TLS_KEY: keyFile } = values
  return {
    host: values.LISTENER_HOST,
    port: values.LISTENER_PORT,
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    connectionTimeoutMs: values.CONNECTION_TIMEOUT,
    upgradeTimeoutMs: values.UPGRADE_TIMEOUT,
    headersTimeoutMs: Math.min(values.HEADERS_TIMEOUT, values.REQUEST_TIMEOUT),
    requestTimeoutMs: values.REQUEST_TIMEOUT,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT,
    maxHeaderSizeBytes: values.MAX_HEADER_SIZE,
    maxBodySizeBytes: values.MAX_BODY_SIZE,
    trustProxy: values.TRUST_PROXY,
    forwarded: values.FORWARDED,
    trace: values.TRACE,
    accessLog: values.ACCESS_LOG,
    rules,
  }
}

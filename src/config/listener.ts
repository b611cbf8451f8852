import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { ListenerRule, ListenerTls, ProxySettings } from '../faces/proxy/settings.js'
import type { listenerVariables } from './listener-variables.js'
import type { Findings } from './problem.js'
import type { Reading, Values } from './variable.js'

/** The listener's variables as read. */
export type ListenerReading = Pick<Reading<typeof listenerVariables>, 'given' | 'partial'>

function checkKeyPair({ certFile, keyFile }: ListenerTls, findings: Findings): void {
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    findings.problem(
      'LISTENER_TLS_CERT',
      certFile,
      `cannot serve with LISTENER_TLS_KEY (${reason})`,
    )
  }
}

/** Checks what no variable of the listener can tell alone: that a certificate has its key. */
export function checkListener({ given, partial }: ListenerReading, findings: Findings): void {
  const { LISTENER_TLS_CERT: cert, LISTENER_TLS_KEY: key } = given
  if (cert !== undefined && key === undefined)
    findings.problem('LISTENER_TLS_KEY', undefined, 'is required with LISTENER_TLS_CERT')
  if (key !== undefined && cert === undefined)
    findings.problem('LISTENER_TLS_CERT', undefined, 'is required with LISTENER_TLS_KEY')
  const { LISTENER_TLS_CERT: certFile, LISTENER_TLS_KEY: keyFile } = partial
  if (certFile !== undefined && keyFile !== undefined) checkKeyPair({ certFile, keyFile }, findings)
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

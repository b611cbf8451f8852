import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { Certificate } from './certificate.js'
import type { Environment } from './pointsman.js'

/** The host name that certificates of the listener are for. */
export const NAME = 'pointsman.test'

/** Where a certificate and its key lie, and how the listener is told. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
  readonly environment: Environment
  /** Puts another certificate in their place. */
  replace(certificate: Certificate): void
}

/** Files that hold a certificate and its key, gone when the test ends. */
export function certificateFiles(t: Test, certificate: Certificate): CertificateFiles {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const replace = (other: Certificate) => {
    writeFileSync(key, other.key)
    writeFileSync(cert, other.cert)
  }
  replace(certificate)
  return { cert, key, replace, environment: { LISTENER_TLS_CERT: cert, LISTENER_TLS_KEY: key } }
}

/** A TLS connection to 127.0.0.1 that offers these protocols, gone when the test ends. */
export async function dialTls(
  t: Test,
  port: number,
  protocols: readonly string[] = [],
): Promise<TLSSocket> {
  const options = { servername: NAME, rejectUnauthorized: false, ALPNProtocols: [...protocols] }
  const socket = connect({ host: '127.0.0.1', port, ...options })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

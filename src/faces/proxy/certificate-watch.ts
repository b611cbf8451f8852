import { unwatchFile, watchFile } from 'node:fs'
import { readCertificate } from './server.js'
import type { ListenerTls } from './settings.js'

/** Looked at, not notified of: this also sees links that are swapped, as orchestrators do it. */
const LOOK_EVERY_MS = 1000

/** What takes a new certificate while it runs. */
export interface CertificateHolder {
  setSecureContext(options: { cert: Buffer; key: Buffer }): void
}

/** Puts a listener's replaced certificate to use; a pair that does not fit, or not yet, changes nothing. */
export class CertificateWatch {
  private readonly tls: ListenerTls
  private readonly reload: () => void

  constructor(holder: CertificateHolder, tls: ListenerTls, onError: (error: unknown) => void) {
    this.tls = tls
    this.reload = () => {
      try {
        holder.setSecureContext(readCertificate(tls))
      } catch (error) {
        onError(error)
      }
    }
    for (const file of [tls.certFile, tls.keyFile]) {
      watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.reload)
    }
  }

  stop(): void {
    unwatchFile(this.tls.certFile, this.reload)
    unwatchFile(this.tls.keyFile, this.reload)
  }
}

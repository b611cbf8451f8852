import { readFileSync, unwatchFile, watchFile } from 'node:fs'

/** Looked at, not notified of: this also sees links that are swapped, as orchestrators do it. */
const LOOK_EVERY_MS = 1000

/** PEM files of a listener; read again when they change. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** What takes a new certificate while it runs. */
export interface CertificateHolder {
  setSecureContext(options: { cert: Buffer; key: Buffer }): void
}

/** The certificate and key, as the files have them now; throws what reading them throws. */
export function readCertificate(files: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }
}

/** Puts a listener's replaced certificate to use; a pair that does not fit, or not yet, changes nothing. */
export class CertificateWatch {
  private readonly files: CertificateFiles
  private readonly reload: () => void

  constructor(
    holder: CertificateHolder,
    files: CertificateFiles,
    onError: (error: unknown) => void,
  ) {
    this.files = files
    this.reload = () => {
      try {
        holder.setSecureContext(readCertificate(files))
      } catch (error) {
        onError(error)
      }
    }
    for (const file of [files.certFile, files.keyFile]) {
      watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.reload)
    }
  }

  stop(): void {
    unwatchFile(this.files.certFile, this.reload)
    unwatchFile(this.files.keyFile, this.reload)
  }
}

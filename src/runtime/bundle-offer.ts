import type { FoundBundle } from '../store/bundle-folder.js'
import {
  newerIn,
  type BundledApplication,
  type KnownApplication,
  type ModelBundle,
} from '../store/signed-bundle.js'
import type { Log } from '../telemetry/log.js'

/** What bundles are offered to. */
export interface BundleOfferOptions {
  readonly log: Log
  /** What is known of an application that serves. */
  readonly known: (name: string) => KnownApplication | undefined
  /** Whether nobody else tells what is newest. */
  readonly isStoreLost: () => boolean
  readonly onTaken: (applications: readonly BundledApplication[], bundle: ModelBundle) => void
}

/** Keeps the newest bundle that was found, and offers it while the store is lost. */
export class BundleOffer {
  private readonly options: BundleOfferOptions
  private newest: FoundBundle | undefined

  constructor(options: BundleOfferOptions) {
    this.options = options
  }

  /** Takes a bundle that can be trusted. */
  take(found: FoundBundle): void {
    const { log, isStoreLost } = this.options
    const { path, bundle } = found
    if (this.newest && this.newest.bundle.madeAtMs > bundle.madeAtMs) {
      log.warn({ file: path, reason: `it is older than ${this.newest.path}` }, 'bundle refused')
      return
    }
    this.newest = found
    if (!isStoreLost()) log.info({ file: path, reason: 'the store answers' }, 'bundle waits')
    else if (!this.offer())
      log.warn({ file: path, reason: 'nothing in it is newer than what serves' }, 'bundle refused')
  }

  /**
   * To be called when the store is lost.
   * @returns whether anything was taken
   */
  offer(): boolean {
    const { log, known, onTaken } = this.options
    if (!this.newest) return false
    const { path, bundle } = this.newest
    const applications = newerIn(bundle, known)
    if (applications.length === 0) return false
    const names = applications.map(({ name }) => name)
    const madeAt = new Date(bundle.madeAtMs).toISOString()
    log.warn({ file: path, madeAt, applications: names }, 'bundle taken')
    onTaken(applications, bundle)
    return true
  }
}

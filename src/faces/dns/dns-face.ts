import type { Director } from '../../core/director.js'
import { DnsListener } from './dns-listener.js'
import { clientList, Responder, type Authority, type ResponderSurroundings } from './responder.js'
import type { DnsSettings } from './settings.js'
import { Zone } from './zone.js'

/** What the DNS face works with. */
export interface DnsSurroundings extends ResponderSurroundings {
  readonly director: Director
}

/** The DNS server: names of its zone follow target groups, other names are passed on. */
export class DnsFace {
  private readonly responder: Responder
  private readonly surroundings: DnsSurroundings
  private listener: DnsListener | undefined

  constructor(settings: DnsSettings, surroundings: DnsSurroundings) {
    this.surroundings = surroundings
    this.responder = new Responder(this.authority(settings), surroundings)
  }

  /** Where it listens, as the sockets have it; undefined before that. */
  get address(): string | undefined {
    return this.listener?.address
  }

  /**
   * Binds what other settings want bound, as the first half of taking them over.
   * @returns the listener to hand to `take`; the one there is, if it fits
   * @throws PointsmanError LISTEN_FAILED; everything stays as it was then
   */
  async bind(settings: DnsSettings): Promise<DnsListener> {
    if (this.listener?.fits(settings)) return this.listener
    const { responder, surroundings } = this
    return DnsListener.open(settings, { responder, ...surroundings })
  }

  /**
   * Takes over other settings at once; resolves when clients of an address that was let go are through.
   * @param signal when it aborts, what is under way there is cut
   */
  async take(settings: DnsSettings, listener: DnsListener, signal: AbortSignal): Promise<void> {
    const before = this.listener
    this.listener = listener
    this.responder.authority = this.authority(settings)
    if (before !== listener) await before?.drain(signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.listener?.drain(signal)
  }

  private authority(settings: DnsSettings): Authority {
    return {
      zone: new Zone(settings, this.surroundings),
      recursion: undefined,
      mayRecurse: clientList(settings.allowRecursion),
    }
  }
}

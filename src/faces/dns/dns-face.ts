import type { Director } from '../../core/director.js'
import type { Face } from '../face.js'
import { DnsListener } from './dns-listener.js'
import { clientList, Responder, type Authority, type ResponderSurroundings } from './responder.js'
import type { DnsSettings } from './settings.js'
import { Zone } from './zone.js'

/** What the DNS face works with. */
export interface DnsSurroundings extends ResponderSurroundings {
  readonly director: Director
}

/** The DNS server: names of its zone follow target groups, other names are passed on. */
export class DnsFace implements Face<DnsSettings, DnsListener> {
  listener: DnsListener | undefined
  private readonly responder: Responder
  private readonly surroundings: DnsSurroundings

  constructor(settings: DnsSettings, surroundings: DnsSurroundings) {
    this.surroundings = surroundings
    this.responder = new Responder(this.authority(settings), surroundings)
  }

  get address(): string | undefined {
    return this.listener?.address
  }

  async bind(settings: DnsSettings): Promise<DnsListener> {
    if (this.listener?.fits(settings)) return this.listener
    const { responder, surroundings } = this
    return DnsListener.open(settings, { responder, ...surroundings })
  }

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

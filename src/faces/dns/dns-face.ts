import type { Director } from '../../core/director.js'
import type { Random } from '../../core/ports.js'
import type { Face } from '../face.js'
import { AllowedClients } from './allowed-clients.js'
import { DnsListener } from './dns-listener.js'
import { ForwardingResolver } from './forwarder/forwarding-resolver.js'
import { ResolverMeter } from './forwarder/resolver-meter.js'
import type { ForwardingSettings } from './forwarder/settings.js'
import { Responder, type Authority, type ResponderSurroundings } from './responder.js'
import type { DnsSettings } from './settings.js'
import { Zone } from './zone.js'

/** What the DNS face works with. */
export interface DnsSurroundings extends ResponderSurroundings {
  readonly director: Director
  /** Chance that nobody can foresee. */
  readonly secureRandom: Random
}

/** The DNS server: names of its zone follow target groups, other names are passed on. */
export class DnsFace implements Face<DnsSettings, DnsListener> {
  listener: DnsListener | undefined
  private resolver: ForwardingResolver | undefined
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
    this.takeForwarding(settings.forwarding)
    this.responder.authority = this.authority(settings)
    if (before !== listener) await before?.drain(signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.listener?.drain(signal)
    this.resolver?.close()
  }

  /** What is kept stays kept while it is for the same forwarders. */
  private takeForwarding(settings: ForwardingSettings | undefined): void {
    if (settings && this.resolver?.take(settings)) return
    this.resolver?.retire()
    this.resolver = settings && this.newResolver(settings)
  }

  private newResolver(settings: ForwardingSettings): ForwardingResolver {
    const { clock, log, secureRandom, traffic } = this.surroundings
    const counts = new ResolverMeter(traffic)
    return new ForwardingResolver(settings, { clock, log, random: secureRandom, counts })
  }

  private authority(settings: DnsSettings): Authority {
    return {
      zone: new Zone(settings, this.surroundings),
      recursion: this.resolver,
      mayRecurse: new AllowedClients(settings.allowRecursion),
    }
  }
}

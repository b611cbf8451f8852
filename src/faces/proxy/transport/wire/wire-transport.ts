import type { Timer } from '../../../../core/ports.js'
import type { TargetTls } from '../../../../core/group-settings.js'
import type { Target } from '../../../../core/target.js'
import type { Exchange, OutboundRequest, ResponseHandler, Transport } from '../transport.js'
import { Connection, type WireSettings } from './connection.js'
import { Pool } from './pool.js'
import { WireExchange } from './wire-exchange.js'

/** How often idle connections that nobody took are looked through. */
const SWEEP_MS = 500

/** Our own HTTP/1.1 client for `http` and `https` targets: pooled, strict, and without a copy of the body. */
export class WireTransport implements Transport {
  /** By the id of the target, within its group's settings: two groups may trust the same target differently. */
  private readonly pools = new Map<TargetTls, Map<string, Pool<Connection>>>()
  private readonly settings: WireSettings
  private sweep: Timer | undefined
  private closed = false

  constructor(settings: WireSettings) {
    this.settings = settings
  }

  send(request: OutboundRequest, handler: ResponseHandler): Exchange {
    const pool = this.poolOf(request.target, request.tls)
    const exchange = new WireExchange(request, handler)
    const mayUpgrade = request.upgrade !== undefined
    const idle =
      request.freshConnection || mayUpgrade ? undefined : pool.take(this.settings.clock.now())
    const connection = idle ?? new Connection(pool, this.settings, mayUpgrade)
    connection.carry(exchange)
    return exchange
  }

  prune(keep: (target: Target) => boolean): void {
    for (const [tls, pools] of this.pools) {
      for (const [id, pool] of pools) {
        if (keep(pool.target)) continue
        pool.retire()
        pools.delete(id)
      }
      if (pools.size === 0) this.pools.delete(tls)
    }
  }

  close(): void {
    this.closed = true
    this.sweep?.cancel()
    this.prune(() => false)
  }

  private poolOf(target: Target, tls: TargetTls): Pool<Connection> {
    return this.pools.get(tls)?.get(target.id) ?? this.newPool(target, tls)
  }

  private newPool(target: Target, tls: TargetTls): Pool<Connection> {
    const pool = new Pool<Connection>(target, tls)
    if (this.closed) {
      pool.retire()
      return pool
    }
    const pools = this.pools.get(tls) ?? new Map<string, Pool<Connection>>()
    this.pools.set(tls, pools.set(target.id, pool))
    this.sweep ??= this.settings.clock.after(SWEEP_MS, this.sweepIdle)
    return pool
  }

  private readonly sweepIdle = (): void => {
    const now = this.settings.clock.now()
    for (const pools of this.pools.values()) {
      for (const pool of pools.values()) pool.closeExpired(now)
    }
    this.sweep =
      this.pools.size > 0 ? this.settings.clock.after(SWEEP_MS, this.sweepIdle) : undefined
  }
}

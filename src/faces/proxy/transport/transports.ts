import type { Clock } from '../../../core/ports.js'
import type { TargetGroup } from '../../../core/target-group.js'
import type { Target } from '../../../core/target.js'
import { ReplyFromTransport } from './reply-from.js'
import type { Transport } from './transport.js'
import { WireTransport } from './wire/wire-transport.js'

function speaksHttp2({ scheme }: Target): boolean {
  return scheme === 'h2' || scheme === 'h2c'
}

/** The ways to targets, and which one a request takes. */
export class Transports {
  private readonly wire: Transport
  private readonly replyFrom: Transport

  constructor(settings: { readonly maxHeadBytes: number; readonly clock: Clock }) {
    this.wire = new WireTransport(settings)
    this.replyFrom = new ReplyFromTransport(settings)
  }

  for(target: Target, group: TargetGroup): Transport {
    const asked = group.settings.transport === 'reply-from'
    return asked || speaksHttp2(target) ? this.replyFrom : this.wire
  }

  /** Drops the idle connections to targets that are none any more. */
  prune(keep: (target: Target) => boolean): void {
    this.wire.prune(keep)
    this.replyFrom.prune(keep)
  }

  close(): void {
    this.wire.close()
    this.replyFrom.close()
  }
}

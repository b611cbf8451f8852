import type { GroupSettings } from '../../../core/group-settings.js'
import type { Clock } from '../../../core/ports.js'
import type { GroupSnapshot } from '../../../core/snapshot.js'
import type { TargetGroup } from '../../../core/target-group.js'
import type { Target } from '../../../core/target.js'
import { ReplyFromTransport } from './reply-from.js'
import type { Transport } from './transport.js'
import { WireTransport } from './wire/wire-transport.js'

function asksForReplyFrom({ scheme }: Target, { transport }: GroupSettings): boolean {
  return transport === 'reply-from' || scheme === 'h2' || scheme === 'h2c'
}

/** The ways to targets, and which one a request takes. */
export class Transports {
  private readonly settings: { readonly maxHeadBytes: number; readonly clock: Clock }
  private readonly wire: Transport
  /** Undefined until a target asks for it: it takes 10 MiB and a fifth of a second. */
  private replyFrom: Transport | undefined

  constructor(settings: { readonly maxHeadBytes: number; readonly clock: Clock }) {
    this.settings = settings
    this.wire = new WireTransport(settings)
  }

  /** Loads what it takes to reach the targets of a group; a request that comes earlier waits for it. */
  prepare({ targets, settings }: GroupSnapshot): void {
    if (targets.some((target) => asksForReplyFrom(target, settings)))
      this.replyFrom ??= new ReplyFromTransport(this.settings)
  }

  for(target: Target, { settings }: TargetGroup): Transport {
    if (!asksForReplyFrom(target, settings)) return this.wire
    return (this.replyFrom ??= new ReplyFromTransport(this.settings))
  }

  /** Drops the idle connections to targets that are none any more. */
  prune(keep: (target: Target) => boolean): void {
    this.wire.prune(keep)
    this.replyFrom?.prune(keep)
  }

  close(): void {
    this.wire.close()
    this.replyFrom?.close()
  }
}

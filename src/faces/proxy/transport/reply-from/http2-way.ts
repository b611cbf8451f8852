import type { TargetTls } from '../../../../core/group-settings.js'
import type { Target } from '../../../../core/target.js'
import type { ReplyFromExchange } from './exchange.js'
import { Http2Carrier } from './http2-carrier.js'
import { Http2Link } from './http2-link.js'
import type { Answer, Way } from './way.js'

/** HTTP/2 to one target, by node:http2. */
export class Http2Way implements Way {
  readonly tls: TargetTls
  private readonly target: Target
  private readonly maxHeadBytes: number
  private readonly links = new Set<Http2Link>()
  private retired = false

  constructor(target: Target, tls: TargetTls, maxHeadBytes: number) {
    this.target = target
    this.tls = tls
    this.maxHeadBytes = maxHeadBytes
  }

  carry(exchange: ReplyFromExchange, answer: Answer): void {
    const { upgrade, freshConnection } = exchange.request
    if (upgrade !== undefined) throw new Error('HTTP/2 has no Upgrade')
    const link = this.linkFor(freshConnection)
    try {
      exchange.attach(new Http2Carrier(link, exchange, answer))
    } finally {
      if (this.retired) link.retire()
    }
  }

  retire(): void {
    this.retired = true
    for (const link of this.links) link.retire()
  }

  private linkFor(fresh: boolean): Http2Link {
    if (!fresh) {
      for (const link of this.links) if (link.takesMore) return link
    }
    const link = new Http2Link(this.target, this.tls, this.maxHeadBytes)
    this.links.add(link)
    link.session.once('close', () => this.links.delete(link))
    return link
  }
}

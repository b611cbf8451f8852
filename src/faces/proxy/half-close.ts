import type { ClientConnection } from './client-connection.js'
import { Expiring, type Deadlines } from './deadlines.js'

/** An answer that comes within this needs no probe. */
const PROBE_AFTER_MS = 100

/**
 * A client that sent FIN has either only finished sending, and waits for its answer, or is gone: TCP tells the two apart
 * only when something is sent to it. So an interim 100, which every HTTP/1.1 client reads over (RFC 9110 §15.2), is sent
 * to a client that waits for longer: if it is gone its kernel answers with a reset, which the second one runs into.
 */
export class HalfCloseProbe extends Expiring {
  private sent = 0
  private readonly connection: ClientConnection
  private readonly deadlines: Deadlines

  constructor(connection: ClientConnection, deadlines: Deadlines) {
    super()
    this.connection = connection
    this.deadlines = deadlines
  }

  start(): void {
    this.deadlines.arm(this, PROBE_AFTER_MS)
  }

  expire(): void {
    for (const forwarding of this.connection.active.toArray()) {
      if (forwarding.response.headSent || !forwarding.inbound.request.isComplete) continue
      forwarding.response.writeInformational(100, [])
      if (++this.sent < 2) this.start()
      return
    }
  }
}

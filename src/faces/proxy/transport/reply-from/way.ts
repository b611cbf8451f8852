import type { TargetTls } from '../../../../core/group-settings.js'
import type { ReplyFromExchange } from './exchange.js'

/**
 * Gives reply-from the outcome of a request, once: an error, or that the head of the response has come.
 * Nothing of the response goes with it but the status; the exchange's carrier delivers the rest.
 */
export type Answer = (error: Error | null, status: number) => void

/** The connections to one target under one set of TLS settings. */
export interface Way {
  readonly tls: TargetTls
  /**
   * Sends the exchange's request, and attaches what carries it; `answer` is called later.
   * @throws Error when Node refuses to send such a request; nothing of it was sent then
   */
  carry(exchange: ReplyFromExchange, answer: Answer): void
  /** Drops idle connections, and from now on those that become idle. */
  retire(): void
}

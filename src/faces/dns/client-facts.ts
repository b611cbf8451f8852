import type { Facts } from '../../core/facts.js'

/** What is known of a client that asks for a name: where it is, and nothing else. */
export class ClientFacts implements Facts {
  readonly clientAddress: string
  readonly path = ''
  readonly takesCookies = false

  constructor(clientAddress: string) {
    this.clientAddress = clientAddress
  }

  header(): undefined {
    return undefined
  }

  cookie(): undefined {
    return undefined
  }
}

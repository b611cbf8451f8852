import { lookup, Resolver as Dns } from 'node:dns/promises'

/** Where a service is, as one SRV record says (RFC 2782). */
export interface ServiceRecord {
  /** Host name. */
  readonly name: string
  readonly port: number
  /** 0 to 65535; those with the lowest are to be used first. */
  readonly priority: number
  /** 0 to 65535. */
  readonly weight: number
}

/** Asks what names stand for. Nothing here can be cancelled: whoever waits does so with a deadline. */
export interface Resolver {
  /** Every IPv4 and IPv6 address of a host name; rejects, with a `code`, when there is none. */
  addresses(host: string): Promise<readonly string[]>
  /** Every SRV record of `_service._proto.name`; rejects, with a `code`, when there is none. */
  services(name: string): Promise<readonly ServiceRecord[]>
}

/**
 * `getaddrinfo` blocks a thread of libuv's pool for as long as the system's resolver takes, which for dead name servers
 * is tens of seconds. libuv gives such work half of its four threads at most, so that files and hashes never wait for
 * names; asking for more at a time would only queue where nobody can see it.
 */
const MAX_LOOKUPS = 2

const SRV_TIMEOUT_MS = 2000
const SRV_TRIES = 2

/** The two questions that are put to the operating system. */
export interface SystemCalls {
  lookup(host: string): Promise<readonly { readonly address: string }[]>
  resolveSrv(name: string): Promise<readonly ServiceRecord[]>
}

const SYSTEM: SystemCalls = {
  lookup: (host) => lookup(host, { all: true, verbatim: true }),
  // A new one each time, because it reads /etc/resolv.conf only when it is made.
  resolveSrv: (name) => new Dns({ timeout: SRV_TIMEOUT_MS, tries: SRV_TRIES }).resolveSrv(name),
}

/**
 * Names as this machine knows them: `/etc/hosts`, search domains and whatever else `getaddrinfo` reads; SRV records
 * from DNS alone. A name that is being looked up already is not looked up again: there are never more waiting than there
 * are names.
 */
export class SystemResolver implements Resolver {
  private readonly system: SystemCalls
  private readonly underWay = new Map<string, Promise<readonly string[]>>()
  private readonly waiting: (() => void)[] = []
  private lookups = 0

  constructor(system: SystemCalls = SYSTEM) {
    this.system = system
  }

  addresses(host: string): Promise<readonly string[]> {
    const shared = this.underWay.get(host)
    if (shared) return shared
    const answer = this.lookUp(host).finally(() => this.underWay.delete(host))
    this.underWay.set(host, answer)
    return answer
  }

  services(name: string): Promise<readonly ServiceRecord[]> {
    return this.system.resolveSrv(name)
  }

  private async lookUp(host: string): Promise<readonly string[]> {
    if (this.lookups === MAX_LOOKUPS) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    } else {
      this.lookups++
    }
    try {
      const answers = await this.system.lookup(host)
      return answers.map(({ address }) => address)
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.lookups--
    }
  }
}

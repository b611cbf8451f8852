import { childPath } from '../clients/zookeeper/paths.js'
import { isZookeeperError, type ZookeeperError } from '../clients/zookeeper/zookeeper-error.js'
import type { ZookeeperSession } from '../clients/zookeeper/zookeeper-session.js'
import type { Clock } from '../core/ports.js'
import { Bell } from '../core/wait.js'
import type { Registrant } from './registrant.js'

/** The owner of nodes that nobody takes along. */
const PERSISTENT = 0n

/** What becomes of a registration. */
export type RegistrationNews =
  | { readonly kind: 'registered' }
  /** There is no connection; the node stays as long as the session lives. */
  | { readonly kind: 'suspended'; readonly error: ZookeeperError }
  /** The session is over, and the node gone. */
  | { readonly kind: 'expired' }
  /** The node belongs to somebody else, who is not disturbed. */
  | { readonly kind: 'taken' }

/** What a registration works with. */
export interface RegistrationOptions {
  readonly session: ZookeeperSession
  readonly clock: Clock
  /** Told of each change, once; must not throw. */
  readonly onNews: (news: RegistrationNews) => void
}

/** Keeps a host registered: as an ephemeral node of a session, made again whenever it is gone. */
export class Registration {
  private readonly registrant: Registrant
  private readonly path: string
  private readonly options: RegistrationOptions
  private readonly bell = new Bell()
  /**
   * A node may be left of an earlier run that could not take it along. It is removed once: if somebody else makes it again,
   * that one is alive.
   */
  private mayTakeOver = true
  private last: RegistrationNews['kind'] | undefined

  constructor(registrant: Registrant, options: RegistrationOptions) {
    this.registrant = registrant
    this.options = options
    this.path = childPath(registrant.parent, registrant.id)
  }

  /**
   * Registers, and resolves when `signal` aborts; the node goes with the session.
   * @throws ZookeeperError when ZooKeeper refuses it
   */
  async run(signal: AbortSignal): Promise<void> {
    const ring = (): void => this.bell.ring()
    const leave = this.options.session.onEvent((event) => {
      if (event.kind === 'connected') ring()
      else this.tell(event)
    })
    signal.addEventListener('abort', ring)
    try {
      while (!signal.aborted) {
        await this.put()
        await this.bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', ring)
      leave()
    }
  }

  /** Makes sure that the node is there, and that we are told when it is not. */
  private async put(): Promise<void> {
    const { session } = this.options
    if (!session.isConnected) return
    try {
      const node = await session.read(this.path, () => this.bell.ring())
      if (!node) {
        await this.create()
        this.bell.ring()
      } else if (node.owner === session.id) {
        this.mayTakeOver = false
        this.tell({ kind: 'registered' })
      } else if (this.mayTakeOver && node.owner !== PERSISTENT) {
        this.mayTakeOver = false
        await session.remove(this.path, node.version)
        this.bell.ring()
      } else this.tell({ kind: 'taken' })
    } catch (error) {
      // Changed by others in between, or no connection: then it is tried again when there is one.
      if (isZookeeperError(error, 'lost') || isZookeeperError(error, 'expired')) return
      const isRace = ['node-exists', 'no-node', 'bad-version'] as const
      if (!isRace.some((reason) => isZookeeperError(error, reason))) throw error
      this.bell.ring()
    }
  }

  private async create(): Promise<void> {
    const { session, clock } = this.options
    const data = this.registrant.data(clock.wallTimeMs())
    await session.ensure(this.registrant.parent)
    await session.create(this.path, data, { ephemeral: true })
  }

  private tell(news: RegistrationNews): void {
    if (news.kind === this.last) return
    this.last = news.kind
    this.options.onNews(news)
  }
}

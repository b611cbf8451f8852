import { childPath } from '../../clients/zookeeper/paths.js'
import type { ZookeeperSettings } from '../../clients/zookeeper/session-keeper.js'
import type { Lease, SharedSessions } from '../../clients/zookeeper/shared-sessions.js'
import { isZookeeperError } from '../../clients/zookeeper/zookeeper-error.js'
import { PointsmanError } from '../../core/errors.js'
import { Bell } from '../../core/wait.js'
import type { FleetMember } from '../fleet.js'
import type { StoreReport } from '../model-store.js'
import { Troubles } from '../troubles.js'
import { readNodes } from './read-nodes.js'

/** Gateways are below it, each an ephemeral node that is named by its id. */
export const GATEWAYS = '/Pointsman/gateways'

/** How long who asks waits for a connection. */
const CONNECT_TIMEOUT_MS = 10_000

const RACES = ['node-exists', 'no-node', 'bad-version'] as const

/** What the fleet is found with. */
export interface FleetNodesOptions {
  readonly settings: ZookeeperSettings
  readonly sessions: SharedSessions
  readonly report: StoreReport
}

/**
 * Tells of the gateways that are connected.
 * @throws PointsmanError STORE_LOST
 */
export async function readFleet({
  settings,
  sessions,
}: Omit<FleetNodesOptions, 'report'>): Promise<readonly FleetMember[]> {
  const lease = sessions.use(settings)
  const { session } = lease
  try {
    await session.restored(CONNECT_TIMEOUT_MS)
    const ids = (await session.children(GATEWAYS)) ?? []
    const nodes = await readNodes(session, GATEWAYS, [...ids].sort())
    return [...nodes.values()].flatMap(({ data }) => memberIn(data) ?? [])
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new PointsmanError('STORE_LOST', `The gateways: ${why}`, error)
  } finally {
    lease.end()
  }
}

function memberIn(data: Buffer): FleetMember | undefined {
  try {
    // Written by a gateway; what is none of theirs is no JSON, or has no id.
    const member = JSON.parse(data.toString('utf8')) as FleetMember
    return typeof member.id === 'string' && Array.isArray(member.applications) ? member : undefined
  } catch {
    return undefined
  }
}

/** Keeps a gateway's own node as it tells, as long as it wants: made again whenever it is gone. */
export class FleetNode {
  private readonly lease: Lease
  private readonly troubles: Troubles
  private readonly bell = new Bell()
  private readonly over = new AbortController()
  private readonly running: Promise<void>
  private readonly ring = (): void => this.bell.ring()
  private member: FleetMember

  constructor(member: FleetMember, { sessions, settings, report }: FleetNodesOptions) {
    this.member = member
    this.troubles = new Troubles(report)
    this.lease = sessions.use(settings)
    this.running = this.run()
  }

  /** Takes what is to be told from now on. */
  tell(member: FleetMember): void {
    this.member = member
    this.ring()
  }

  /** Takes the node away, if there is a connection; without one it goes with the session. */
  async close(): Promise<void> {
    this.over.abort()
    this.ring()
    await this.running
    await this.lease.session.remove(this.path).catch(() => undefined)
    this.lease.end()
  }

  private get path(): string {
    return childPath(GATEWAYS, this.member.id)
  }

  private async run(): Promise<void> {
    const leave = this.lease.session.onEvent(({ kind }) => {
      if (kind === 'connected') this.ring()
    })
    while (!this.over.signal.aborted) {
      await this.put()
      await this.bell.rung()
    }
    leave()
  }

  private async put(): Promise<void> {
    const { session } = this.lease
    if (!session.isConnected) return
    const data = Buffer.from(JSON.stringify(this.member))
    try {
      const node = await session.read(this.path, this.ring)
      if (!node) {
        await session.ensure(GATEWAYS)
        await session.create(this.path, data, { ephemeral: true })
        // Read again with a watch, which a node that is not there has none of.
        this.ring()
      } else if (node.owner !== session.id) {
        // Ours of a session that is over, which ZooKeeper has not noticed yet.
        await session.remove(this.path, node.version)
        this.ring()
      } else if (!node.data.equals(data)) await session.set(this.path, data, node.version)
      this.troubles.tell(GATEWAYS, undefined)
    } catch (error) {
      this.failed(error)
    }
  }

  private failed(error: unknown): void {
    // It is told when there is a connection again.
    if (isZookeeperError(error, 'lost') || isZookeeperError(error, 'expired')) return
    if (RACES.some((reason) => isZookeeperError(error, reason))) this.ring()
    else {
      const words = `This gateway is not listed: ${error instanceof Error ? error.message : String(error)}`
      this.troubles.tell(GATEWAYS, new PointsmanError('STORE_LOST', words, error))
    }
  }
}

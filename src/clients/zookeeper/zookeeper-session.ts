import { BasePath, parentPath } from './paths.js'
import {
  change,
  closeSession,
  exists,
  getChildren,
  getData,
  multi,
  type NodeData,
  type Operation,
  type Request,
} from './requests.js'
import {
  SessionKeeper,
  type SessionEvent,
  type ZookeeperPorts,
  type ZookeeperSettings,
} from './session-keeper.js'
import type { Watcher, WatchKind } from './watches.js'
import { isZookeeperError, ZookeeperError } from './zookeeper-error.js'

const CLOSE_TIMEOUT_MS = 1000

/** An answer, or the signal's reason when that aborts first. */
function unlessAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', give)
    void answer.finally(() => signal.removeEventListener('abort', give)).then(resolve, reject)
    if (signal.aborted) give()
  })
}

/**
 * A session with a ZooKeeper ensemble that is kept for ever: reconnects to any of its servers, at random moments that lie
 * further and further apart, and begins a new session when the old one has expired. Paths are absolute below the base
 * path. Requests fail at once with `lost` while there is no connection, and within the session's time when a server does
 * not answer; all throw ZookeeperError, or the reason of a signal.
 */
export class ZookeeperSession {
  private readonly settings: ZookeeperSettings
  private readonly ports: ZookeeperPorts
  private readonly base: BasePath
  private readonly keeper: SessionKeeper
  private readonly listeners = new Set<(event: SessionEvent) => void>()
  private readonly stop = new AbortController()
  private running: Promise<void> | undefined

  constructor(settings: ZookeeperSettings, ports: ZookeeperPorts) {
    this.settings = settings
    this.ports = ports
    this.base = new BasePath(settings.basePath)
    this.keeper = new SessionKeeper(settings, ports, (event) => {
      for (const listener of [...this.listeners]) listener(event)
    })
  }

  /** Begins, once, and goes on until `close`. */
  connect(): void {
    this.running ??= this.keeper.run(this.stop.signal)
  }

  /** Ends the session, so that its ephemeral nodes are gone at once if there is a connection. */
  async close(): Promise<void> {
    this.stop.abort()
    const { connection } = this.keeper
    if (connection) {
      const timer = this.ports.clock.after(CLOSE_TIMEOUT_MS, () => connection.close())
      await connection.ask(closeSession).catch(() => {})
      timer.cancel()
      connection.close()
    }
    await this.running
  }

  get isConnected(): boolean {
    return this.keeper.connection?.isOpen ?? false
  }

  /** Of the session that is, or was last; owner of the ephemeral nodes that it creates. */
  get id(): bigint {
    return this.keeper.ticket.id
  }

  /** Why there is no connection; the latest reason if there is one. */
  get error(): ZookeeperError {
    return this.keeper.error
  }

  /** @returns ends the listening */
  onEvent(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Resolves as soon as there is a connection. */
  async connected(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.keeper.connection) return
    let leave = (): void => {}
    const come = new Promise<void>((resolve) => {
      leave = this.onEvent(({ kind }) => {
        if (kind === 'connected') resolve()
      })
    })
    await unlessAborted(come, signal).finally(leave)
  }

  /**
   * Resolves as soon as there is a connection. An outage is waited for once: who comes when it has lasted so long is told at once.
   * @throws ZookeeperError the reason why there has been none for so long
   */
  async restored(withinMs: number): Promise<void> {
    const leftMs = Math.max(0, Math.ceil(withinMs - this.keeper.lostForMs))
    await this.connected(AbortSignal.timeout(leftMs)).catch(() => {
      throw this.error
    })
  }

  /**
   * The data of a node, undefined when it is not there.
   * @param watcher called once when the data changes or the node goes; not when it is not there to begin with, and not
   * when the session becomes a new one
   */
  async read(path: string, watcher?: Watcher, signal?: AbortSignal): Promise<NodeData | undefined> {
    const full = this.base.outward(path)
    const request = getData(full, watcher !== undefined)
    return this.ask(this.watched(request, 'data', full, watcher), signal)
  }

  /**
   * The names of a node's children, in no order; undefined when it is not there.
   * @param watcher as with `read`, when a child comes or goes or the node itself goes
   */
  async children(
    path: string,
    watcher?: Watcher,
    signal?: AbortSignal,
  ): Promise<readonly string[] | undefined> {
    const full = this.base.outward(path)
    const request = getChildren(full, watcher !== undefined)
    return this.ask(this.watched(request, 'children', full, watcher), signal)
  }

  /**
   * Whether a node is there.
   * @param watcher as with `read`, when it comes, changes or goes
   */
  async exists(path: string, watcher: Watcher, signal?: AbortSignal): Promise<boolean> {
    const full = this.base.outward(path)
    const { absent, ...request } = this.watched(exists(full), 'data', full, watcher)
    const missing = (): boolean => {
      this.keeper.watches.add('existence', full, watcher)
      return absent?.() ?? false
    }
    return this.ask({ ...request, absent: missing }, signal)
  }

  /** @throws ZookeeperError `node-exists`; `no-node` when there is no parent */
  async create(
    path: string,
    data: Buffer,
    options: { readonly ephemeral?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { ephemeral = false, signal } = options
    await this.make({ kind: 'create', path, data, ephemeral }, signal)
  }

  /** Creates a node without data, and those above it, also those of the base path, unless they are there. */
  async ensure(path: string, signal?: AbortSignal): Promise<void> {
    await this.ensureOutward(this.base.outward(path), signal)
  }

  /**
   * @param version that is replaced; undefined for any
   * @returns the new version
   * @throws ZookeeperError `bad-version`, `no-node`
   */
  async set(path: string, data: Buffer, version?: number, signal?: AbortSignal): Promise<number> {
    const operation = {
      kind: 'set',
      path,
      data,
      ...(version !== undefined && { version }),
    } as const
    return (await this.make(operation, signal)) ?? 0
  }

  /**
   * @param version that is removed; undefined for any
   * @throws ZookeeperError `bad-version`, `no-node`, `not-empty`
   */
  async remove(path: string, version?: number, signal?: AbortSignal): Promise<void> {
    await this.make({ kind: 'remove', path, ...(version !== undefined && { version }) }, signal)
  }

  /**
   * Makes all changes, or none.
   * @returns for each the new version of its data if it is a `set`, else undefined
   * @throws ZookeeperError the reason of the first that cannot be made; its message names it
   */
  async multi(
    operations: readonly Operation[],
    signal?: AbortSignal,
  ): Promise<readonly (number | undefined)[]> {
    const { login } = this.settings
    const outward = operations.map((each) => ({ ...each, path: this.base.outward(each.path) }))
    return this.ask(multi(outward, login !== undefined), signal)
  }

  private async make(operation: Operation, signal?: AbortSignal): Promise<number | undefined> {
    return this.makeOutward({ ...operation, path: this.base.outward(operation.path) }, signal)
  }

  private makeOutward(operation: Operation, signal?: AbortSignal): Promise<number | undefined> {
    const request: Request<number | undefined> = change(
      operation,
      this.settings.login !== undefined,
    )
    return this.ask(request, signal)
  }

  private async ensureOutward(path: string, signal: AbortSignal | undefined): Promise<void> {
    if (path === '/') return
    const operation = { kind: 'create', path, data: Buffer.alloc(0) } as const
    try {
      await this.makeOutward(operation, signal)
    } catch (error) {
      if (isZookeeperError(error, 'node-exists')) return
      if (!isZookeeperError(error, 'no-node')) throw error
      await this.ensureOutward(parentPath(path), signal)
      await this.ensureOutward(path, signal)
    }
  }

  private watched<Answer>(
    request: Request<Answer>,
    kind: WatchKind,
    path: string,
    watcher: Watcher | undefined,
  ): Request<Answer> {
    if (!watcher) return request
    return {
      ...request,
      // Here and not when the promise is kept: the event may come in the same piece of the stream.
      read: (reader) => {
        const answer = request.read(reader)
        this.keeper.watches.add(kind, path, watcher)
        return answer
      },
    }
  }

  private async ask<Answer>(request: Request<Answer>, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted()
    const { connection, error } = this.keeper
    if (!connection) throw error
    const answer = connection.ask(request)
    return signal ? unlessAborted(answer, signal) : answer
  }
}

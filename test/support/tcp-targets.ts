import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Test } from 'tap'
import { freePort } from './pointsman.js'

/** Targets that take connections at one port of several addresses, and can be stopped and started. */
export class TcpTargets {
  readonly port: number
  private readonly servers = new Map<string, Server>()

  private constructor(port: number) {
    this.port = port
  }

  static async start(t: Test, ...hosts: readonly string[]): Promise<TcpTargets> {
    const targets = new TcpTargets(await freePort())
    t.teardown(() => targets.servers.forEach((server) => server.close()))
    for (const host of hosts) await targets.start(host)
    return targets
  }

  /** As a list for the configuration. */
  list(...hosts: readonly string[]): string {
    return hosts.map((host) => `${host}:${this.port}`).join(',')
  }

  async start(host: string): Promise<void> {
    const server = createServer((socket) => socket.on('error', () => undefined).end())
    server.listen(this.port, host)
    await once(server, 'listening')
    this.servers.set(host, server)
  }

  async stop(host: string): Promise<void> {
    const server = this.servers.get(host)
    this.servers.delete(host)
    if (!server) return
    server.close()
    await once(server, 'close')
  }
}

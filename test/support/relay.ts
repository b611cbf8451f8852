import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A way to a server that a test can cut, close and clog. */
export class Relay {
  /** Connections that were made, whatever became of them. */
  count = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private isClosed = false
  private isClogged = false
  private isMuffled = false

  constructor(host: string, port: number) {
    this.server = createServer((client) => {
      this.count++
      if (this.isClosed) {
        client.destroy()
        return
      }
      const server = connect({ host, port })
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.sockets.add(one)
        one.on('data', (piece) => {
          if (!this.isClogged && !(this.isMuffled && one === server)) other.write(piece)
        })
        one.on('error', () => {})
        one.on('close', () => {
          this.sockets.delete(one)
          other.destroy()
        })
      }
    })
  }

  /** Where the way begins. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port }
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** From now on there is no way, until `open`. */
  close(): void {
    this.isClosed = true
    this.cut()
  }

  /** From now on everything that is sent is lost, and nobody is told. */
  clog(): void {
    this.isClogged = true
  }

  /** From now on everything that the server says is lost, and nobody is told. */
  muffle(): void {
    this.isMuffled = true
  }

  open(): void {
    this.isMuffled = false
    this.isClosed = false
    this.isClogged = false
  }

  async stop(): Promise<void> {
    this.cut()
    this.server.close()
    await once(this.server, 'close')
  }
}

/** A way to this server, gone when the test ends. */
export async function startRelay(t: Test, host: string, port: number): Promise<Relay> {
  const relay = new Relay(host, port)
  await relay.listen()
  t.teardown(() => relay.stop())
  return relay
}

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import pino from 'pino'
import type { Test } from 'tap'
import { DnsFace } from '../../../src/faces/dns/dns-face.js'
import { DnsListener } from '../../../src/faces/dns/dns-listener.js'
import type { DnsSettings } from '../../../src/faces/dns/settings.js'
import { Changes } from '../../support/changes.js'
import { seeded } from '../../support/clock.js'
import { dnsSettings, replyOf, type Reply, type World } from './world.js'

const gone = new WeakSet<DnsListener>()
const log = pino({ enabled: false })

/** Binds a free port of 127.0.0.1 for the zone of `world`, until the end of the test. */
export async function listen(t: Test, world: World): Promise<DnsListener> {
  const { clock, traffic, responder } = world
  const listener = await DnsListener.open(dnsSettings(), { clock, traffic, responder, log })
  t.teardown(() => letGo(listener, AbortSignal.abort()))
  return listener
}

/** Lets the address of a listener go, if that was not done before. */
export async function letGo(listener: DnsListener, signal: AbortSignal): Promise<void> {
  if (gone.has(listener)) return
  gone.add(listener)
  await listener.drain(signal)
}

/** The port of something that listens. */
export function portOf({ address = '' }: { readonly address: string | undefined }): number {
  return Number(address.split(':').at(-1))
}

/** A face on a free port of 127.0.0.1 that answers for the groups of `world`, until the end of the test. */
export async function startFace(t: Test, world: World, settings: DnsSettings): Promise<DnsFace> {
  const { clock, director, traffic } = world
  const surroundings = { clock, director, traffic, log, secureRandom: seeded(1) }
  const face = new DnsFace(settings, surroundings)
  t.teardown(() => face.stop(AbortSignal.abort()))
  await face.take(settings, await face.bind(settings), AbortSignal.abort())
  return face
}

/** The replies to some datagrams, in the order they came, once there are so many. */
export async function askByUdp(
  port: number,
  messages: readonly Buffer[],
  count = messages.length,
): Promise<readonly Reply[]> {
  const socket = createSocket('udp4')
  const replies: Reply[] = []
  const all = new Promise<void>((resolve) => {
    socket.on('message', (bytes) => {
      replies.push(replyOf(bytes))
      if (replies.length === count) resolve()
    })
  })
  for (const message of messages) socket.send(message, port, '127.0.0.1')
  await all
  socket.close()
  return replies
}

/** A client that speaks DNS over TCP, well or not. */
export class TcpAsker {
  readonly socket: Socket
  readonly changes = new Changes()
  isClosed = false
  private received = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk])
      this.changes.notify()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
      this.changes.notify()
    })
  }

  static async connect(t: Test, port: number): Promise<TcpAsker> {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return new TcpAsker(socket)
  }

  static frame(message: Buffer): Buffer {
    return Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message])
  }

  /** The whole messages that came so far. */
  get replies(): readonly Reply[] {
    const replies: Reply[] = []
    let at = 0
    while (at + 2 <= this.received.length) {
      const end = at + 2 + this.received.readUInt16BE(at)
      if (end > this.received.length) break
      replies.push(replyOf(this.received.subarray(at + 2, end)))
      at = end
    }
    return replies
  }

  async receive(count: number): Promise<readonly Reply[]> {
    return this.changes.until(
      () => (this.replies.length >= count ? this.replies : undefined),
      () => `${this.replies.length} of ${count} replies`,
    )
  }

  async closed(): Promise<void> {
    await this.changes.until(
      () => this.isClosed || undefined,
      () => 'the connection is still open',
    )
  }
}

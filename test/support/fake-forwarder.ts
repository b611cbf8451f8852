import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { decode, encode, type DecodedPacket, type Packet } from 'dns-packet'
import type { Test } from 'tap'
import { Changes } from './changes.js'

/** What services in tests are called, in their probes for loops. */
export const INSTANCE = 'here'

/** A query as it came. */
export interface ReceivedQuery extends DecodedPacket {
  readonly overTcp: boolean
  readonly name: string
  /** The port it came from. */
  readonly port: number
  /** Says something to who asked; hand-made bytes may be any. */
  readonly send: (bytes: Buffer) => void
  /** Writes bytes as they are, one piece after the other, to a connection. */
  readonly sendPieces: (pieces: readonly Buffer[]) => void
  /** Ends its connection, if it has one. */
  readonly hangUp: () => void
}

/** What a forwarder says to a query: some response, or nothing by itself. */
export type Script = (query: ReceivedQuery) => Packet | Buffer | undefined

/** A response to `query` that is right, but for what `packet` says. */
export function responseTo(query: DecodedPacket, packet: Packet = {}): Packet {
  const { id = 0, questions = [] } = query
  return { type: 'response', id, flags: 0x0180, questions, ...packet }
}

/** A response with one address. */
export function addressOf(query: ReceivedQuery, data = '192.0.2.1', ttl = 60): Packet {
  return responseTo(query, { answers: [{ type: 'A', name: query.name, ttl, data }] })
}

type Sender = Pick<ReceivedQuery, 'overTcp' | 'port' | 'send' | 'sendPieces' | 'hangUp'>

const NO_CONNECTION = { sendPieces: () => undefined, hangUp: () => undefined }

/** Each piece is on its way before the next one is written. */
function writeSlowly(socket: Socket, [piece, ...rest]: readonly Buffer[]): void {
  if (piece) socket.write(piece, () => setImmediate(() => writeSlowly(socket, rest)))
}

/** A resolver on a port of its own, UDP and TCP, that says what its script says. */
export class FakeForwarder {
  readonly host = '127.0.0.1'
  port = 0
  readonly queries: ReceivedQuery[] = []
  script: Script
  /** What is said to a probe for loops, whose name ends with the name of its service; it is none of the queries. */
  probeScript: Script = (query) => responseTo(query, { flags: 0x0183 })
  private readonly changes = new Changes()
  private udp = createSocket('udp4')
  private readonly tcp = createServer((socket) => this.accept(socket))
  private readonly connections = new Set<Socket>()

  constructor(script: Script) {
    this.script = script
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: this.host, port: this.port }
  }

  async start(port = 0): Promise<void> {
    this.tcp.listen(port, this.host)
    await once(this.tcp, 'listening')
    // A server that listens on TCP has an address of this kind.
    this.port = (this.tcp.address() as AddressInfo).port
    this.udp = createSocket('udp4')
    this.udp.on('message', (bytes, from) => this.takeDatagram(bytes, from))
    this.udp.bind(this.port, this.host)
    await once(this.udp, 'listening')
  }

  /** Nobody listens any more, until it is started again. */
  async close(): Promise<void> {
    if (!this.tcp.listening) return
    for (const socket of this.connections) socket.destroy()
    await new Promise<void>((resolve) => this.udp.close(() => resolve()))
    await new Promise<void>((resolve) => this.tcp.close(() => resolve()))
  }

  /** Says something to a query later than its script. */
  answer(query: ReceivedQuery, packet: Packet): void {
    query.send(encode(packet))
  }

  /** The queries, as soon as there were so many. */
  async received(count: number): Promise<readonly ReceivedQuery[]> {
    await this.changes.until(
      () => (this.queries.length >= count ? true : undefined),
      () => `${this.queries.length} of ${count} queries came`,
    )
    return this.queries
  }

  /** The names that were asked for. */
  get names(): readonly string[] {
    return this.queries.map(({ name }) => name)
  }

  private takeDatagram(bytes: Buffer, { address, port }: RemoteInfo): void {
    const send = (message: Buffer): void => this.udp.send(message, port, address)
    this.take(bytes, { overTcp: false, port, send, ...NO_CONNECTION })
  }

  private accept(socket: Socket): void {
    this.connections.add(socket.setNoDelay())
    socket.on('close', () => this.connections.delete(socket))
    socket.on('error', () => undefined)
    socket.once('data', (bytes) => {
      const send = (message: Buffer): void => void socket.write(framed(message))
      const port = socket.remotePort ?? 0
      const sendPieces = (pieces: readonly Buffer[]): void => writeSlowly(socket, pieces)
      const hangUp = (): void => void socket.destroy()
      this.take(bytes.subarray(2), { overTcp: true, port, send, sendPieces, hangUp })
    })
  }

  private take(bytes: Buffer, from: Sender): void {
    const packet = decode(bytes)
    const query = { ...packet, ...from, name: packet.questions?.[0]?.name ?? '' }
    const isProbe = query.name.endsWith(`.${INSTANCE}`)
    if (!isProbe) this.queries.push(query)
    const said = isProbe ? this.probeScript(query) : this.script(query)
    if (said) query.send(Buffer.isBuffer(said) ? said : encode(said))
    this.changes.notify()
  }
}

/** A message as it goes over TCP. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** A fake forwarder that ends with the test. */
export async function startForwarder(t: Test, script: Script): Promise<FakeForwarder> {
  const forwarder = new FakeForwarder(script)
  await forwarder.start()
  t.teardown(() => forwarder.close())
  return forwarder
}

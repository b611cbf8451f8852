import { createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'

/** What a fake answers with; undefined to say nothing at all. */
export type FakeReply = string | undefined

/** A bulk string, or an array of them. */
export function resp(value: string | readonly unknown[]): string {
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`
  return `*${value.length}\r\n${value.map((each) => resp(each as string)).join('')}`
}

/** A server that answers each command as it is told to, a sentinel or a Redis server. */
export class FakeRedis {
  readonly sockets = new Set<Socket>()
  port = 0
  readonly address: string
  /** What comes of a command, by its words; SUBSCRIBE is answered by itself. */
  answer: (words: readonly string[]) => FakeReply
  private readonly subscribers = new Set<Socket>()
  private readonly server = createServer((socket) => this.serve(socket))

  private constructor(address: string, answer: (words: readonly string[]) => FakeReply) {
    this.address = address
    this.answer = answer
  }

  /** Listens at a port of its own until the test ends. */
  static async start(
    t: Test,
    address: string,
    answer: (words: readonly string[]) => FakeReply,
  ): Promise<FakeRedis> {
    const fake = new FakeRedis(address, answer)
    await fake.listen()
    t.teardown(() => fake.stop())
    return fake
  }

  async listen(): Promise<void> {
    this.server.listen(this.port, this.address)
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  /** Nobody listens there any more, and whoever is connected is cut off. */
  async stop(): Promise<void> {
    if (!this.server.listening) return
    const closed = once(this.server, 'close')
    this.server.close()
    this.cut()
    await closed
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** Tells its subscribers that something happened. */
  push(): void {
    for (const socket of this.subscribers)
      socket.write(resp(['message', '+switch-master', 'something']))
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      this.subscribers.delete(socket)
    })
    socket.on('data', (chunk: Buffer) => {
      for (const words of commandsIn(chunk.toString())) {
        if (words[0] === 'SUBSCRIBE') {
          this.subscribers.add(socket)
          socket.write(`*3\r\n${resp('subscribe')}${resp(words[1] ?? '')}:1\r\n`)
        } else {
          const reply = this.answer(words)
          if (reply !== undefined) socket.write(reply)
        }
      }
    })
  }
}

/** Commands are short, and come in one piece. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return text
    .split(/^\*\d+\r\n/m)
    .filter((each) => each !== '')
    .map((each) => each.split('\r\n').filter((_, i) => i % 2 === 1))
}

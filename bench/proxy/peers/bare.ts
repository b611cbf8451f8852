// What two sockets cost: forwards requests that come whole in one piece, and answers that do, and checks nothing. No proxy,
// but what a proxy on Node.js could at best be. With a third argument, requests of one turn go to the target in one write.
import net, { type Socket } from 'node:net'

const [port = 0, targetPort = 0, pipelined = 0] = process.argv.slice(2).map(Number)
const END = '\r\n\r\n'

interface Waiting {
  readonly socket: Socket
  text: string
}

/** A connection to the target, and the clients whose answers it owes, in order. */
class Target {
  readonly waiting: Socket[] = []
  private readonly socket = net.connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
  private rest = ''
  private readonly onIdle: (target: Target) => void

  constructor(onIdle: (target: Target) => void) {
    this.onIdle = onIdle
    this.socket.on('data', (chunk: Buffer) => this.take(chunk.toString('latin1')))
    this.socket.on('error', () => undefined)
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  private take(text: string): void {
    let all = this.rest + text
    for (;;) {
      const end = all.indexOf(END)
      const length = Number(/content-length: (\d+)/i.exec(all)?.[1])
      if (end < 0 || all.length < end + END.length + length) break
      const size = end + END.length + length
      const answer = `${all.slice(0, end)}\r\nVia: 1.1 bare${all.slice(end, size)}`
      const client = this.waiting.shift()
      if (client) later({ socket: client, text: answer })
      all = all.slice(size)
      if (this.waiting.length === 0) this.onIdle(this)
    }
    this.rest = all
  }
}

let due: Waiting[] = []

function later(write: Waiting): void {
  if (due.push(write) > 1) return
  setImmediate(() => {
    const writes = due
    due = []
    for (const { socket, text } of writes) socket.write(text, 'latin1')
  })
}

const idle: Target[] = []
const keepIdle = (target: Target): void => void idle.push(target)
let asked: (readonly [client: Socket, text: string])[] = []

function askTogether(): void {
  const requests = asked
  asked = []
  if (pipelined === 0) {
    for (const [client, text] of requests) {
      const target = idle.pop() ?? new Target(keepIdle)
      target.waiting.push(client)
      target.send(text)
    }
    return
  }
  const target = idle.pop() ?? new Target(keepIdle)
  target.waiting.push(...requests.map(([client]) => client))
  target.send(requests.map(([, text]) => text).join(''))
}

const server = net.createServer({ noDelay: true }, (client) => {
  client.on('error', () => undefined)
  client.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1')
    const head = text.slice(0, text.indexOf(END))
    const address = client.remoteAddress ?? ''
    if (asked.push([client, `${head}\r\nX-Forwarded-For: ${address}${END}`]) === 1)
      setImmediate(askTogether)
  })
})
server.listen({ host: '127.0.0.1', port, backlog: 4096 })

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import type { Test } from 'tap'

const SERVE = `
let health = 'fine'
const port = Number(process.argv[1])
const server = require('node:http').createServer((request, response) => {
  const { pathname, search } = new URL(request.url, 'http://localhost')
  if (pathname === '/be') health = search.slice(1)
  if (pathname === '/health' && health === 'failing') response.statusCode = 500
  const answer = () => response.end(pathname === '/health' ? 'I am ' + health : 'target ' + server.address().port)
  request.resume()
  request.on('end', answer)
})
server.keepAliveTimeout = 60000
server.listen(port, '127.0.0.1', () => console.log(server.address().port))
`

/** What a target answers to its checks, at `/health`: `I am fine`, the same with 500, or something else. */
export type Condition = 'fine' | 'failing' | 'odd'

/** A target in a process of its own that can be taken ill in every way, and recover; it answers requests all the time it can. */
export class CheckedTarget {
  port = 0
  private child: ChildProcess | undefined

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Starts it, the first time or after `kill`, at the same port then. */
  async start(): Promise<void> {
    const args = ['-e', SERVE, String(this.port)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.child = child
    // The first piece of its output is the port.
    const [output] = (await once(child.stdout, 'data')) as [Buffer]
    this.port = Number(output.toString())
  }

  kill(): void {
    this.child?.kill('SIGKILL')
  }

  hang(): void {
    this.child?.kill('SIGSTOP')
  }

  wakeUp(): void {
    this.child?.kill('SIGCONT')
  }

  async be(condition: Condition): Promise<void> {
    await new Promise((resolve, reject) => {
      get(`http://${this.address}/be?${condition}`, (response) => {
        response.resume().on('end', resolve)
      }).on('error', reject)
    })
  }
}

/** Starts a target, killed when the test ends. */
export async function startCheckedTarget(t: Test): Promise<CheckedTarget> {
  const target = new CheckedTarget()
  await target.start()
  t.teardown(() => target.kill())
  return target
}

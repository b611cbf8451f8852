import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './pointsman.js'

const READY_DEADLINE_MS = 10_000

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.end())
  })
}

/** A name server of Debian's in a process of its own, on a port of 127.0.0.1. */
export class NameServer {
  readonly port: number
  private readonly command: readonly [string, ...string[]]
  private child: ChildProcess | undefined
  private output = ''

  constructor(port: number, command: readonly [string, ...string[]]) {
    this.port = port
    this.command = command
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const [program, ...args] = this.command
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    const deadline = Date.now() + READY_DEADLINE_MS
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${program} does not listen: ${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(): Promise<void> {
    const { child } = this
    this.child = undefined
    if (!child || child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  }
}

async function started(t: Test, server: NameServer): Promise<NameServer> {
  await server.start()
  t.teardown(() => server.stop())
  return server
}

/** Starts NSD with one zone. */
export async function startNsd(t: Test, zone: string, text: string): Promise<NameServer> {
  const directory = mkdtempSync(join(tmpdir(), 'pointsman-nsd-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const port = await freePort()
  const path = (name: string): string => join(directory, name)
  writeFileSync(path('zone'), text)
  const config = `
server:
  ip-address: 127.0.0.1@${port}
  username: ""
  server-count: 1
  database: ""
  zonesdir: "${directory}"
  pidfile: "${path('pid')}"
  xfrdfile: "${path('xfrd')}"
  xfrdir: "${directory}"
  zonelistfile: "${path('zones')}"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: ${zone}
  zonefile: zone
`
  writeFileSync(path('conf'), config)
  return started(t, new NameServer(port, ['nsd', '-d', '-c', path('conf')]))
}

/** Starts dnsmasq with nothing but what its arguments say. */
export async function startDnsmasq(t: Test, ...args: readonly string[]): Promise<NameServer> {
  const port = await freePort()
  const quiet = ['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts']
  const place = ['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`]
  const rights = ['--user=', '--pid-file=']
  return started(t, new NameServer(port, ['dnsmasq', ...quiet, ...place, ...rights, ...args]))
}

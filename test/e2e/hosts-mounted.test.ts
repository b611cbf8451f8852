import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import {
  block,
  hostsEnvironment,
  hostsStatus,
  mounting,
  NO_MOUNTS,
  resolved,
  tcpTargets,
  TestHostsFile,
  until,
} from '../support/hosts.js'
import { runPointsman, startPointsman } from '../support/pointsman.js'

const TEXT = '127.0.0.1\tlocalhost\n# gr\xfc\xdfe\n\n::1 ip6-localhost'
const [A, B] = ['127.0.0.11', '127.0.0.12'] as const

test(
  'A file that is mounted is written in place, and the resolver finds the name',
  { skip: NO_MOUNTS },
  async (t) => {
    const { targets, list } = await tcpTargets(t, 2)
    const file = new TestHostsFile(t, `${TEXT}\n`)
    const { ino } = statSync(file.path)
    const bound = mounting('mount --bind "$1" /etc/hosts', file.path)
    const app = await startPointsman(t, hostsEnvironment('/etc/hosts', list), bound)
    await file.becomes(`${TEXT}\n${block(A)}`)
    t.same(resolved(app, 'db.internal'), [A])
    await targets[0]?.stop()
    await file.becomes(`${TEXT}\n${block(B)}`)
    t.same(resolved(app, 'db.internal'), [B])
    await targets[0]?.start()
    await file.becomes(`${TEXT}\n${block(A)}`)
    t.equal((await hostsStatus(app)).way, 'in place')
    file.write('127.0.0.1 localhost\n10.0.0.9 other\n')
    await file.becomes(`127.0.0.1 localhost\n10.0.0.9 other\n${block(A)}`)
    t.equal(statSync(file.path).ino, ino)
    t.equal(await app.stop(), 0)
  },
)

test(
  'It is written in place, too, where nothing may be written beside it',
  { skip: NO_MOUNTS },
  async (t) => {
    const { list } = await tcpTargets(t, 1)
    const file = new TestHostsFile(t, `${TEXT}\n`)
    const script =
      'mount -t tmpfs t "$2"; : >"$2/hosts"; mount --bind "$1" "$2/hosts"; mount -o remount,ro "$2"'
    const folder = join(file.folder, 'ro')
    mkdirSync(folder)
    const path = join(folder, 'hosts')
    const app = await startPointsman(
      t,
      hostsEnvironment(path, list),
      mounting(script, file.path, folder),
    )
    await file.becomes(`${TEXT}\n${block(A)}`)
    await app.logged(({ way }) => way === 'in place, without a journal')
    t.ok(app.logs.some(({ msg }) => msg === 'hosts file without lock'))
    t.equal(await app.stop(), 0)
  },
)

test('A file that may not be written ends the start', { skip: NO_MOUNTS }, async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, TEXT)
  const script = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"'
  const under = mounting(script, file.folder)
  const { code, stdout } = await runPointsman([], hostsEnvironment(file.path, list), under)
  t.equal(code, 1)
  t.match(stdout, /cannot be written: EROFS/)
  t.equal(file.text, TEXT)
})

test(
  'A full disk is told once, changes nothing, and is got over',
  { skip: NO_MOUNTS },
  async (t) => {
    const { targets, list } = await tcpTargets(t, 2)
    const outside = new TestHostsFile(t, '')
    const script = 'mount -t tmpfs -o size=64k t "$1"; echo "127.0.0.1 localhost" >"$1/hosts"'
    const environment = hostsEnvironment(outside.path, list)
    const app = await startPointsman(t, environment, mounting(script, outside.folder))
    // The app's own view of the world.
    const inside = (path: string) => `/proc/${app.pid}/root${path}`
    const text = () => readFileSync(inside(outside.path), 'latin1')
    const becomes = (wanted: string) => until(() => text() === wanted, text)
    await becomes(`127.0.0.1 localhost\n${block(A)}`)
    await app.logged(({ msg }) => msg === 'hosts file written')
    const full = inside(join(outside.folder, 'full'))
    t.throws(() => writeFileSync(full, 'x'.repeat(1 << 20)), { code: 'ENOSPC' })
    await targets[0]?.stop()
    const { reason } = await app.logged(({ msg }) => msg === 'hosts file failed')
    t.match(reason, /cannot be written: ENOSPC/)
    t.equal(await app.managementStatus('/readyz'), 503)
    t.equal(text(), `127.0.0.1 localhost\n${block(A)}`)
    rmSync(full)
    await becomes(`127.0.0.1 localhost\n${block(B)}`)
    await app.logged(({ msg }) => msg === 'hosts file back')
    t.equal(app.logs.filter(({ msg }) => msg === 'hosts file failed').length, 1)
    t.equal(await app.stop(), 0)
  },
)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { HostsFile } from '../../../src/faces/hosts/hosts-file.js'

const OLD = '127.0.0.1 localhost\n# gr\xfc\xdfe\n'
const NEW = `${OLD}10.0.0.1 a\n`

/** A hosts file in a folder of its own. */
function hostsFile(t: Test, text = OLD) {
  const folder = t.testdir({})
  const path = join(folder, 'hosts')
  writeFileSync(path, text, 'latin1')
  const content = () => readFileSync(path, 'latin1')
  return { folder, path, content, file: new HostsFile(path), names: () => readdirSync(folder) }
}

test('A file is replaced by another with the same mode and owner, and nothing else is left', async (t) => {
  const { path, content, file, names } = hostsFile(t)
  chmodSync(path, 0o640)
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(path, 12, 34)
  const before = statSync(path)
  const written = await file.write(await file.read(), NEW)
  t.equal(written.way, 'replaced')
  t.equal(content(), NEW)
  const { mode, uid, gid, ino } = statSync(path)
  t.same({ mode, uid, gid }, { mode: before.mode, uid: before.uid, gid: before.gid })
  t.not(ino, before.ino)
  t.same(names(), ['hosts'])
  t.same(written.reading, await file.read(), 'what was written is what there is')
})

test('A symbolic link stays one, and the temporary file is where its target is', async (t) => {
  const { path, folder, content } = hostsFile(t)
  mkdirSync(join(folder, 'links'))
  const link = join(folder, 'links', 'hosts')
  symlinkSync('../hosts', link)
  const file = new HostsFile(link)
  t.equal((await file.write(await file.read(), NEW)).way, 'replaced')
  t.ok(lstatSync(link).isSymbolicLink())
  t.equal(readlinkSync(link), '../hosts')
  t.ok(lstatSync(path).isFile())
  t.equal(content(), NEW)
})

const MEDDLERS: Readonly<Record<string, (path: string) => void>> = {
  'appends to': (path) => appendFileSync(path, '10.0.0.9 other\n'),
  replaces: (path) => {
    writeFileSync(`${path}.new`, 'all new\n')
    renameSync(`${path}.new`, path)
  },
  'rewrites in the same length': (path) => writeFileSync(path, OLD.toUpperCase(), 'latin1'),
}

for (const [name, meddle] of Object.entries(MEDDLERS))
  test(`Nothing is written when somebody ${name} the file after it was read`, async (t) => {
    const { path, content, file, names } = hostsFile(t)
    const reading = await file.read()
    meddle(path)
    const theirs = content()
    const written = await file.write(reading, NEW)
    t.equal(written.way, undefined)
    t.equal(written.reading.text, theirs, 'what to begin anew with')
    t.equal(content(), theirs)
    t.same(names(), ['hosts'])
    t.equal((await file.write(written.reading, NEW)).way, 'replaced')
  })

const APPEND = `
const [path, count] = process.argv.slice(1)
let n = 0
const next = () => {
  require('node:fs').appendFileSync(path, '10.1.0.1 n' + n++ + '\\n')
  if (n < count) setTimeout(next, Math.random() * 2)
}
next()
`

test('Lines that somebody appends all the while are not lost', async (t) => {
  const { path, content, file, names } = hostsFile(t)
  const count = 500
  const child = spawn(process.execPath, ['-e', APPEND, path, String(count)], { stdio: 'inherit' })
  const over = new AbortController()
  const closed = once(child, 'close').then(() => over.abort())
  let rewrites = 0
  let reading = await file.read()
  while (!over.signal.aborted) {
    const text = `${reading.text.replace(/^10\.0\.0\.\d+ a\n/m, '')}10.0.0.${rewrites % 256} a\n`
    const written = await file.write(reading, text)
    if (written.way) rewrites++
    reading = written.reading
  }
  await closed
  const kept = new Set(content().split('\n'))
  const lost = Array.from({ length: count }, (_, n) => `10.1.0.1 n${n}`).filter(
    (line) => !kept.has(line),
  )
  t.same(lost, [])
  t.ok(rewrites > 0, `${rewrites} rewrites`)
  t.same(names(), ['hosts'])
})

test('What a run that was killed has left is removed', async (t) => {
  const { folder, file, names } = hostsFile(t)
  writeFileSync(join(folder, '.hosts.pointsman.tmp'), 'half a')
  t.equal(await file.recover(), false)
  t.same(names(), ['hosts'])
  writeFileSync(join(folder, '.hosts.pointsman.tmp'), 'half a')
  t.equal((await file.write(await file.read(), NEW)).way, 'replaced', 'also when it is in the way')
  t.same(names(), ['hosts'])
})

test('What is no file, or is not there, is told', async (t) => {
  const { folder, path } = hostsFile(t)
  const cases: readonly [path: string, reason: RegExp][] = [
    [folder, /cannot be read: it is not a regular file$/],
    [join(folder, 'none'), /cannot be read: ENOENT: no such file or directory/],
    [join(path, 'below'), /cannot be read: ENOTDIR: not a directory/],
    ['/dev/zero', /cannot be read: it is not a regular file$/],
  ]
  for (const [path, message] of cases)
    await t.rejects(new HostsFile(path).read(), { code: 'HOSTS_FILE_UNUSABLE', message })
  t.equal(await new HostsFile(join(folder, 'none')).version(), undefined)
})

test('A file that vanishes after it was read is not made anew', async (t) => {
  const { path, file, names } = hostsFile(t)
  const reading = await file.read()
  renameSync(path, `${path}.away`)
  await t.rejects(file.write(reading, NEW), {
    code: 'HOSTS_FILE_UNUSABLE',
    message: /hosts cannot be written: ENOENT/,
  })
  t.same(names(), ['hosts.away'])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { takeInstanceLock } from '../../../src/faces/hosts/instance-lock.js'

function hostsFile(t: Test) {
  const folder = t.testdir({ hosts: '' })
  const lock = join(folder, '.hosts.pointsman.lock')
  return { folder, lock, path: join(folder, 'hosts'), names: () => readdirSync(folder) }
}

test('A lock keeps others out until it is released', async (t) => {
  const { folder, path, lock, names } = hostsFile(t)
  const link = join(folder, 'link')
  symlinkSync('hosts', link)
  const held = await takeInstanceLock(path)
  const message = `is kept by process ${process.pid}, which holds ${lock}`
  for (const way of [path, link])
    await t.rejects(takeInstanceLock(way), {
      code: 'HOSTS_FILE_LOCKED',
      message: `${way} ${message}`,
    })
  await held?.release()
  t.same(names(), ['hosts', 'link'])
  const again = await takeInstanceLock(path)
  t.ok(again)
  await again?.release()
})

test('The lock of a process that died is taken over', async (t) => {
  const { path, lock, names } = hostsFile(t)
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  const own = async () => {
    const taken = await takeInstanceLock(path)
    const text = readFileSync(lock, 'utf8')
    await taken?.release()
    return text
  }
  const text = await own()
  t.match(text, new RegExp(`^${process.pid}\n`))
  const dead = {
    'nobody has its process id': `${child.pid}\n`,
    'another process has its id': text.replace(/ \d+\n$/, ' 1\n'),
    'it is from before the last start of the machine': text.replace(/\n[\da-f-]+ /, '\n0-0 '),
  }
  for (const [why, theirs] of Object.entries(dead)) {
    writeFileSync(lock, theirs)
    t.equal(await own(), text, why)
    t.same(names(), ['hosts'], why)
  }
})

test('A lock without a text belongs to somebody who is just starting, but not for long', async (t) => {
  const { path, lock } = hostsFile(t)
  writeFileSync(lock, '')
  await t.rejects(takeInstanceLock(path), {
    code: 'HOSTS_FILE_LOCKED',
    message: /kept by a process that is just starting/,
  })
  const longAgo = Date.now() / 1000 - 60
  utimesSync(lock, longAgo, longAgo)
  t.ok(await takeInstanceLock(path))
})

test('Of many that start at once one gets the lock, also when a dead one left it', async (t) => {
  for (let round = 0; round < 20; round++) {
    const { path, lock } = hostsFile(t)
    if (round % 2 === 1) writeFileSync(lock, '999999999\n')
    const takes = Array.from({ length: 8 }, () => takeInstanceLock(path))
    const results = await Promise.allSettled(takes)
    const taken = results.filter(({ status }) => status === 'fulfilled').length
    t.ok(taken <= 1, `${taken} took it`)
    if (round % 2 === 0) t.equal(taken, 1)
  }
})

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import {
  block,
  END,
  hostsEnvironment,
  hostsStatus,
  tcpTargets,
  TestHostsFile,
  until,
} from '../support/hosts.js'
import { runPointsman, startPointsman, type Environment } from '../support/pointsman.js'

const TEXT = '127.0.0.1\tlocalhost\n# gr\xfc\xdfe\n\n::1 ip6-localhost'
const [A, B] = ['127.0.0.11', '127.0.0.12'] as const

test('A name gets the first target that serves, and nothing else in the file changes', async (t) => {
  const { targets, list } = await tcpTargets(t, 3)
  await targets[0]?.stop()
  const file = new TestHostsFile(t, TEXT)
  chmodSync(file.path, 0o664)
  const before = statSync(file.path)
  const app = await startPointsman(t, hostsEnvironment(file.path, list))
  await file.becomes(`${TEXT}\n${block(B)}`)
  await app.logged(({ msg }) => msg === 'hosts file written')
  const after = statSync(file.path)
  t.equal(after.mode, before.mode)
  t.equal(after.uid, before.uid)
  t.not(after.ino, before.ino, 'it was replaced')
  t.match(await hostsStatus(app), {
    inForce: true,
    way: 'replaced',
    entries: [{ name: 'db.internal', group: 'db', address: B, target: /^http:\/\/127\.0\.0\.12:/ }],
  })

  const second = await runPointsman([], hostsEnvironment(file.path, list))
  t.equal(second.code, 1, 'a second process on the same file does not start')
  t.match(second.stdout, new RegExp(`is kept by process ${app.pid}, which holds`))

  t.equal(await app.stop(), 0)
  t.equal(file.text, `${TEXT}\n${block(B)}`, 'it stays after a clean stop')
  t.same(readdirSync(file.folder), ['hosts'], 'and nothing else does')
})

for (const [failback, back] of [
  ['true', A],
  ['false', B],
] as const)
  test(`A name leaves a target that dies, and with FAILBACK=${failback} goes on at ${back}`, async (t) => {
    const { targets, list } = await tcpTargets(t, 2)
    const [first, second] = targets
    const file = new TestHostsFile(t, '')
    const app = await startPointsman(
      t,
      hostsEnvironment(file.path, list, { TARGET_GROUP_1_FAILBACK: failback }),
    )
    await file.becomes(block(A))
    await first?.stop()
    await file.becomes(block(B))
    await second?.stop()
    await app.logged(({ msg, reason }) => msg === 'hosts entry' && /^kept/.test(String(reason)))
    t.equal(file.text, block(B), 'all are dead: it is kept')
    await second?.start()
    await app.logged(
      ({ msg, reason }) => msg === 'hosts entry' && /^http.* serves$/.test(String(reason)),
    )
    await first?.start()
    const isBack = `http://${A}:${first?.port}`
    await app.logged(
      ({ target, from, to }) => target === isBack && from === 'unhealthy' && to === 'healthy',
    )
    await file.becomes(block(back))
    t.match((await hostsStatus(app)).entries, [{ address: back }])
    const metrics = await (await fetch(`http://127.0.0.1:${app.managementPort}/metrics`)).text()
    t.match(
      metrics,
      new RegExp(`pointsman_hosts_entry_info{name="db.internal",group="db",address="${back}",`),
    )
    t.equal(await app.stop(), 0)
  })

test('A process that was killed is followed by one that keeps the old address until it knows better', async (t) => {
  const { targets, list } = await tcpTargets(t, 2)
  const file = new TestHostsFile(t, TEXT)
  const others = { TARGET_GROUP_1_ALGORITHM: 'RANDOM', TARGET_GROUP_1_HEALTH_INTERVAL: '300' }
  const environment = hostsEnvironment(file.path, list, others)
  const first = await startPointsman(t, environment)
  await until(
    () => file.text !== TEXT,
    () => file.text,
  )
  const { text } = file
  first.signal('SIGKILL')
  await first.exitCode
  t.equal(file.text, text)
  await targets[text.includes(A) ? 0 : 1]?.stop()
  const second = await startPointsman(t, environment)
  await file.becomes(`${TEXT}\n${block(text.includes(A) ? B : A)}`)
  t.equal(await second.stop(), 0)
  await Promise.all(targets.map((target) => target.stop()))
  const kept = file.text
  const third = await startPointsman(t, environment)
  t.match((await hostsStatus(third)).entries, [{ target: null, reason: /^kept, for no target/ }])
  t.equal(file.text, kept)
  t.equal(await third.stop(), 0)
})

test('With HOSTS_PERSIST=false a clean stop takes the block out', async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, `${TEXT}\n${block('10.0.0.1')}`)
  const environment = hostsEnvironment(file.path, list, { HOSTS_PERSIST: 'false' })
  const app = await startPointsman(t, environment)
  await file.becomes(`${TEXT}\n${block(A)}`)
  const begun = Date.now()
  t.equal(await app.stop(), 0)
  t.ok(Date.now() - begun < 5000)
  t.equal(file.text, `${TEXT}\n`)
})

test('What others do to the file is put right, and what they wrote beside the block stays', async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, TEXT)
  const link = join(file.folder, 'links', 'hosts')
  mkdirSync(join(file.folder, 'links'))
  symlinkSync('../hosts', link)
  const app = await startPointsman(t, hostsEnvironment(link, list))
  await file.becomes(`${TEXT}\n${block(A)}`)
  file.write('# new\r\n10.0.0.9 other')
  await file.becomes(`# new\r\n10.0.0.9 other\r\n${block(A).replaceAll('\n', '\r\n')}`)
  file.write(`x\n${block('10.9.9.9')}y`)
  await file.becomes(`x\n${block(A)}y`)
  file.write('')
  await file.becomes(block(A))
  const warned = () => app.logs.filter(({ msg }) => msg === 'hosts name elsewhere')
  file.write(`10.9.9.9 me DB.internal\n${block(A)}`)
  await app.logged(({ msg }) => msg === 'hosts name elsewhere')
  file.write(`# more\n10.9.9.9 me DB.internal\n`)
  await file.becomes(`# more\n10.9.9.9 me DB.internal\n${block(A)}`)
  t.match(warned(), [{ name: 'db.internal', addresses: ['10.9.9.9'] }], 'once')
  const repairs = () => app.logs.filter(({ msg }) => msg === 'hosts file repaired').length
  await until(
    () => repairs() === 4,
    () => `${repairs()} repairs`,
  )
  t.ok(lstatSync(link).isSymbolicLink(), 'a symbolic link stays one')
  t.equal(await app.stop(), 0)
})

test('SIGHUP adds, renames and removes names, also where workers serve', async (t) => {
  const { list } = await tcpTargets(t, 2)
  const file = new TestHostsFile(t, TEXT)
  const environment = join(file.folder, 'variables')
  const entry = (number: number, name: string) => ({
    [`HOSTS_ENTRY_${number}_HOSTNAME`]: name,
    [`HOSTS_ENTRY_${number}_TARGET_GROUP`]: 'db',
  })
  const write = (others: Environment) => {
    const variables = Object.entries(hostsEnvironment(file.path, list, others))
    writeFileSync(environment, variables.map(([name, value]) => `${name}=${value}\n`).join(''))
  }
  write({})
  const app = await startPointsman(t, { ENV_FILE: environment, WORKERS: '1' })
  const reload = (others: Environment) => {
    write(others)
    app.signal('SIGHUP')
  }
  await file.becomes(`${TEXT}\n${block(A)}`)
  reload({ ...entry(1, 'new.internal'), ...entry(2, 'db.internal') })
  await file.becomes(
    `${TEXT}\n${block(A, 'new.internal').replace(END, `${A}  db.internal\n${END}`)}`,
  )
  reload(entry(1, 'new.internal'))
  await file.becomes(`${TEXT}\n${block(A, 'new.internal')}`)

  reload({ ...entry(1, 'other.internal'), HOSTS_ENTRY_1_TARGET_GROUP: 'none' })
  await app.logged(
    ({ msg, problems }) =>
      msg === 'configuration not reloaded' &&
      /HOSTS_ENTRY_1_TARGET_GROUP=none/.test(String(problems)),
  )
  reload({ HOSTS_FILE: `${file.path}.other` })
  await app.logged(({ problems }) => /HOSTS_FILE: another file takes/.test(String(problems)))
  t.equal(file.text, `${TEXT}\n${block(A, 'new.internal')}`, 'the old one stays')

  const rule = { LISTENER_RULE_1_PATH_PREFIX: '/', LISTENER_RULE_1_TARGET_GROUP: 'db' }
  reload({ ...rule, HOSTS_ENTRY_1_HOSTNAME: '', HOSTS_ENTRY_1_TARGET_GROUP: '' })
  await file.becomes(`${TEXT}\n`)
  t.equal(await hostsStatus(app), null)
  reload({})
  await file.becomes(`${TEXT}\n${block(A)}`)
  t.equal(await app.stop(), 0)
  t.same(readdirSync(file.folder).sort(), ['hosts', 'variables'])
})

test('Somebody who rewrites the file over and over is let win for a while, and told of', async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, TEXT)
  const app = await startPointsman(t, hostsEnvironment(file.path, list))
  const [without, whole] = [`${TEXT}\n`, `${TEXT}\n${block(A)}`]
  await file.becomes(whole)
  for (let round = 0; round < 6; round++) {
    file.write(without)
    await file.becomes(whole)
  }
  await app.logged(({ msg }) => msg === 'hosts file contested')
  const begun = performance.now()
  file.write(without)
  while ((await app.managementStatus('/readyz')) !== 503);
  t.match(await hostsStatus(app), { inForce: false, reason: /over and over/ })
  await file.becomes(whole)
  t.ok(performance.now() - begun > 1000, 'the repair had to wait')
  t.equal(await app.stop(), 0)
})

test('A file whose markers make no sense, or that vanishes, is left alone until it is mended', async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, TEXT)
  const app = await startPointsman(t, hostsEnvironment(file.path, list))
  await file.becomes(`${TEXT}\n${block(A)}`)
  const broken = `${block(A).replace(/# END.*\n/, '')}10.0.0.9 other\n`
  file.write(broken)
  await app.logged(({ code }) => code === 'HOSTS_BLOCK_BROKEN')
  t.equal(await app.managementStatus('/readyz'), 503)
  t.match(await hostsStatus(app), { inForce: false, reason: /line 1 is "# BEGIN/ })
  t.equal(file.text, broken)
  file.write(`${block('10.1.1.1')}10.0.0.9 other\n`)
  await file.becomes(`${block(A)}10.0.0.9 other\n`)
  await app.logged(({ msg }) => msg === 'hosts file back')
  t.equal(await app.managementStatus('/readyz'), 200)

  renameSync(file.path, `${file.path}.away`)
  const isGone = /cannot be read: ENOENT/
  await app.logged(({ msg, reason }) => msg === 'hosts file failed' && isGone.test(String(reason)))
  t.throws(() => lstatSync(file.path), 'one that vanished is not made anew')
  file.write('all new')
  await file.becomes(`all new\n${block(A)}`)
  const failures = app.logs.filter(({ msg }) => msg === 'hosts file failed')
  t.equal(failures.length, 2, 'each is told once')
  t.equal(await app.stop(), 0)
})

test('A file that is not there, or is none, ends the start', async (t) => {
  const { list } = await tcpTargets(t, 1)
  const file = new TestHostsFile(t, TEXT)
  for (const path of [join(file.folder, 'none'), file.folder]) {
    const { code, stdout } = await runPointsman([], hostsEnvironment(path, list))
    t.equal(code, 1)
    t.match(stdout, /HOSTS_FILE_UNUSABLE/)
  }
})

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { HostsFile } from '../../../src/faces/hosts/hosts-file.js'
import { overwriteFile } from '../../../src/faces/hosts/overwrite-file.js'
import { writeJournal } from '../../../src/faces/hosts/journal.js'

const HEAD = '127.0.0.1 localhost\n'

function hostsFile(t: Test, text: string) {
  const folder = t.testdir({})
  const path = join(folder, 'hosts')
  writeFileSync(path, text)
  const file = new HostsFile(path)
  const content = () => readFileSync(path, 'latin1')
  return { folder, path, file, content, names: () => readdirSync(folder) }
}

const CHANGES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'of the same length': [`${HEAD}10.0.0.1 a\n# end\n`, `${HEAD}10.0.0.2 a\n# end\n`],
  'that makes it longer': [HEAD, `${HEAD}10.0.0.1 a\n10.0.0.2 b\n`],
  'that makes it shorter': [`${HEAD}10.0.0.1 a\n10.0.0.2 b\n# end\n`, `${HEAD}# end\n`],
  'of everything': ['x', `${HEAD}y\n`],
  'to nothing': [HEAD, ''],
  'from nothing': ['', HEAD],
}

test('A file is overwritten without being replaced', async (t) => {
  for (const [name, [before, after]] of Object.entries(CHANGES)) {
    const { path, file, content, names } = hostsFile(t, before)
    const { ino } = statSync(path)
    const { version } = await file.read()
    const old = { content: Buffer.from(before), version }
    const written = await overwriteFile(path, old, Buffer.from(after))
    t.equal(content(), after, name)
    t.equal(statSync(path).ino, ino, name)
    t.same(written, { version: await file.version(), isGuarded: true }, name)
    t.same(names(), ['hosts'], name)
    t.equal(await overwriteFile(path, old, Buffer.from(before)), undefined, 'not as it was read')
    t.equal(content(), after, name)
    t.same(names(), ['hosts'], name)
  }
})

/** The states in which a change of `before` to `after` may be cut short: each byte old or new, cut at any place. */
function* cuts(before: string, after: string): Generator<string> {
  let at = 0
  while (at < before.length && before[at] === after[at]) at++
  const size = Math.max(before.length, after.length)
  const [old, young] = [before.padEnd(size, '\n'), after.padEnd(size, '\n')]
  for (let end = before.length; end <= size; end++) yield old.slice(0, end)
  for (let end = at; end <= size; end++) yield young.slice(0, end) + old.slice(end)
  for (let end = size; end >= after.length; end--) yield young.slice(0, end)
}

test('An overwriting that was cut short anywhere is finished', async (t) => {
  for (const [name, [before, after]] of Object.entries(CHANGES)) {
    let at = 0
    while (at < before.length && before[at] === after[at]) at++
    for (const state of cuts(before, after)) {
      const { path, file, content, names } = hostsFile(t, state)
      const ends = { before: Buffer.from(before.slice(at)), after: Buffer.from(after.slice(at)) }
      t.ok(await writeJournal(path, { at, ...ends }))
      t.equal(await file.recover(), true)
      t.equal(content(), after, `${name}: ${JSON.stringify(state)}`)
      t.same(names(), ['hosts'])
    }
  }
})

test('A file that somebody else has written to since is theirs', async (t) => {
  const [before, after] = [`${HEAD}10.0.0.1 a\n`, `${HEAD}10.0.0.2 a\n`]
  const at = HEAD.length
  for (const theirs of ['', `${HEAD}10.0.0.3 a\n`, `${HEAD}10.0.0.1 a\n10.0.0.9 theirs\n`]) {
    const { path, file, content, names } = hostsFile(t, theirs)
    const ends = { before: Buffer.from(before.slice(at)), after: Buffer.from(after.slice(at)) }
    await writeJournal(path, { at, ...ends })
    t.equal(await file.recover(), false)
    t.equal(content(), theirs)
    t.same(names(), ['hosts'])
  }
})

test('A journal that is none is removed', async (t) => {
  for (const text of ['', 'half a jour', '{}', '[1]', '{"at":"x","before":1,"after":null}']) {
    const { folder, file, content, names } = hostsFile(t, HEAD)
    writeFileSync(join(folder, '.hosts.pointsman.journal'), text)
    t.equal(await file.recover(), false, text)
    t.equal(content(), HEAD)
    t.same(names(), ['hosts'])
  }
})

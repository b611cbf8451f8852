import { execFileSync } from 'node:child_process'
import { parse } from 'dotenv'
import { test, type Test } from 'tap'
import { EnvironmentFile } from '../../src/import/environment-file.js'
import { Report } from '../../src/import/report.js'

const PLACE = { file: 'a.yml', line: 1, column: 1, key: 'k' }
const NAME = 'TARGET_GROUP_1_HEALTH_BODY'

function fileWith(value: string): { text: string; losses: readonly string[] } {
  const report = new Report()
  const file = new EnvironmentFile('x', report)
  file.set(NAME, value, PLACE)
  return { text: file.toString(), losses: report.lines }
}

/** What Node itself reads from such a file. */
function nodeReads(t: Test, text: string): string {
  const path = `${t.testdir({ '.env': text })}/.env`
  const script = `process.stdout.write(process.env.${NAME} ?? '')`
  return execFileSync(process.execPath, [`--env-file=${path}`, '-e', script], {
    encoding: 'utf8',
    env: {},
  })
}

/** Values, and the line that each has in the file. */
const VALUES = [
  ['plain', 'plain'],
  ['10.0.0.1:80, 10.0.0.2;weight=3', '10.0.0.1:80, 10.0.0.2;weight=3'],
  ['a=b c', 'a=b c'],
  ['a#b', "'a#b'"],
  ['^OK$', "'^OK$'"],
  ['\\d+', "'\\d+'"],
  ['say "x"', `'say "x"'`],
  ['`x`', "'`x`'"],
  ["it's", `"it's"`],
  ["it's #1", `"it's #1"`],
  [`it's "x" \\d`, `\`it's "x" \\d\``],
] as const

test('A value is read as it was meant', (t) => {
  for (const [value, line] of VALUES) {
    const { text, losses } = fileWith(value)
    t.same(losses, [], value)
    t.equal(text.split('\n').at(-2), `${NAME}=${line}`)
    t.equal(parse(text)[NAME], value, 'by dotenv')
    t.equal(nodeReads(t, text), value, 'by Node')
  }
  t.end()
})

test('A file with quotes says who reads them', (t) => {
  t.match(fileWith('a#b').text, '--env-file')
  t.notMatch(fileWith('ab').text, '--env-file')
  t.end()
})

test('A value that no quotes can hold is reported', (t) => {
  for (const value of [`'"\``, 'a\nX=1', ' a', 'a ', 'a\u2028b', '\t']) {
    const { text, losses } = fileWith(value)
    t.same(losses, [`a.yml:1:1: k: ${NAME} cannot be written in such a file`])
    t.same(parse(text), {})
  }
  t.end()
})

test('A secret that no quotes can hold is told another way, and not shown', (t) => {
  const report = new Report()
  const file = new EnvironmentFile('x', report)
  t.notOk(file.set('TARGET_GROUP_1_STICKY_SECRET', `'"\`0123456789abcdef`, PLACE))
  t.match(report.lines[0], /^a\.yml:1:1: k: TARGET_GROUP_1_STICKY_SECRET cannot be written/)
  t.match(report.lines[0], 'set TARGET_GROUP_1_STICKY_SECRET_FILE')
  t.notMatch(report.lines[0], '0123')
  t.end()
})

test('What the program would refuse is reported in its own words', (t) => {
  const report = new Report()
  const file = new EnvironmentFile('x', report)
  t.notOk(file.set('TARGET_GROUP_7_HEALTH_FALL', 0, PLACE))
  t.notOk(file.set('TARGET_GROUP_7_TARGETS', 'a b', PLACE))
  t.ok(file.set('TARGET_GROUP_7_HEALTH_CA_FILE', '/not/on/this/machine', PLACE))
  t.match(report.lines, [
    'a.yml:1:1: k: TARGET_GROUP_7_HEALTH_FALL must be a whole number from 1 to 1000',
    /^a\.yml:1:1: k: TARGET_GROUP_7_TARGETS "a b": its host must be a host name/,
  ])
  t.end()
})

test('Comments stay comments, and are not said twice', (t) => {
  const file = new EnvironmentFile('x\nA=1', new Report())
  file.comment('long '.repeat(60).trim())
  file.comment('y\r\nB=2')
  file.comment('y\r\nB=2')
  file.heading('z\u2028C=3')
  const lines = file.toString().split('\n').slice(0, -1)
  t.same(parse(file.toString()), {})
  t.ok(lines.every((line) => line === '' || line.startsWith('# ')))
  t.ok(lines.every((line) => line.length <= 120))
  t.equal(lines.filter((line) => line.includes('B=2')).length, 1)
  t.end()
})

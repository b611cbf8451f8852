import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import { test } from 'tap'
import { readConfig } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { VARIABLES } from '../../src/config/variables.js'
import { ALGORITHMS } from '../../src/core/balancers/registry.js'
import { ERROR_KINDS, type ErrorCode } from '../../src/core/errors.js'
import { ERROR_REPLIES } from '../../src/faces/proxy/error-reply.js'
import { FILE_KEYS, GLOBAL_KEYS } from '../../src/import/hanoproxy.js'
import { ADDRESS_KEYS, OPTION_KEYS, RECORD_KEYS } from '../../src/import/hanoproxy-record.js'
import { MAIN_KEYS } from '../../src/import/redirector.js'
import { BALANCER_KEYS } from '../../src/import/redirector-balancer.js'
import { CHECK_KEYS, CONFIG_KEYS } from '../../src/import/redirector-check.js'

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

interface Row {
  readonly heading: string
  readonly cells: readonly string[]
}

/** The rows of every table whose header begins with `first`, without it and the line below. */
function rowsOf(markdown: string, first: string): readonly Row[] {
  const rows: Row[] = []
  let heading = ''
  let isWanted = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3)
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : []
    const [name = ''] = cells.map((cell) => cell.trim())
    if (name === '') isWanted = false
    else if (name === first) isWanted = true
    else if (isWanted && !name.startsWith('--'))
      rows.push({ heading, cells: cells.map((cell) => cell.trim()) })
  }
  return rows
}

const MANUAL = textOf('docs/configuration.md')

test('The manual says of each variable what the program knows of it, and of no other', (t) => {
  const expected = [...VARIABLES].map(([name, variable]) => {
    const { unit = '', meaning, example } = variable
    const preset = 'default' in variable ? `\`${variable.default}\``.replace('``', 'empty') : ''
    const absence = 'unset' in variable ? variable.unset : 'required'
    return [`\`${name}\``, preset || absence, unit, meaning, `\`${example}\``]
  })
  const byName = (a: readonly string[], b: readonly string[]): number =>
    (a[0] ?? '') < (b[0] ?? '') ? -1 : 1
  const documented = rowsOf(MANUAL, 'variable').map(({ cells }) => cells)
  t.same([...documented].sort(byName), expected.sort(byName))
  t.end()
})

/** What an operator is told of a configuration: problems and warnings. */
function complaintsAbout(variables: Readonly<Record<string, string>>): readonly string[] {
  const result = readConfig(variables)
  return 'problems' in result ? result.problems.map(describeProblem) : result.warnings
}

test('The examples of the manual are configurations', (t) => {
  const examples = [...MANUAL.matchAll(/```\n((?:[A-Z\d_]+=.*\n)+)```/g)]
  t.equal(examples.length, 9)
  for (const [, text = ''] of examples) t.same(complaintsAbout(parse(text)), [], text)
  t.end()
})

test('The manual tells every algorithm', (t) => {
  const documented = rowsOf(MANUAL, 'algorithm').map(({ cells: [name] }) => name)
  t.same(
    documented,
    ALGORITHMS.map((name) => `\`${name}\``),
  )
  t.end()
})

const EXAMPLE = textOf('.env.example')
const ASSIGNMENT = /^(#?)([A-Z][A-Z\d_]*)=(.*)$/

test('The example of an environment holds each variable once, and shows its default or an example', (t) => {
  const names: string[] = []
  for (const line of EXAMPLE.split('\n')) {
    const [, commented, written = '', value] = ASSIGNMENT.exec(line) ?? []
    if (commented === undefined) continue
    const name = written.replace(/(_GROUP|_RULE|_RECORD|_ENTRY)_1_/, '$1_<N>_')
    const variable = VARIABLES.get(name)
    names.push(name)
    if (commented && variable)
      t.equal(value, 'default' in variable ? variable.default : variable.example, name)
  }
  t.same(names.sort(), [...VARIABLES.keys()].sort())
  t.end()
})

test('The example of an environment is a configuration, for every reader of such files', (t) => {
  const lines = EXAMPLE.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines) t.match(line, /^[A-Z\d_]+=[^'"`#\\$]+$/, 'neither quotes nor comments')
  t.same(complaintsAbout(parse(EXAMPLE)), [])
  t.same(
    Object.entries(parse(EXAMPLE)).map(([name, value]) => `${name}=${value}`),
    lines,
  )
  t.end()
})

const IMPORTED = [
  ['key', [...FILE_KEYS, ...GLOBAL_KEYS, ...RECORD_KEYS, ...ADDRESS_KEYS, ...OPTION_KEYS]],
  ['key in the main file', MAIN_KEYS],
  ['key in a balancer file', [...BALANCER_KEYS, ...CHECK_KEYS, ...CONFIG_KEYS]],
] as const

test('The page on other systems tells what becomes of each of their keys', (t) => {
  for (const [header, keys] of IMPORTED) {
    const documented = rowsOf(textOf('docs/import.md'), header).map(({ cells: [key] }) => key)
    t.same([...documented].sort(), keys.map((key) => `\`${key}\``).sort())
  }
  t.end()
})

const ORIGINS: Readonly<Record<string, string>> = {
  'Of the client': 'client',
  'Of a target': 'target',
  'Of a source': 'source',
  'Of the store': 'store',
  'Of Pointsman itself': 'self',
}

test('The list of errors says of each what the program does with it, and of no other', (t) => {
  const documented = rowsOf(textOf('docs/errors.md'), 'code').map(({ heading, cells }) => {
    const [code, retryable, status, token] = cells
    return [code, ORIGINS[heading], retryable, status, token].join(' ')
  })
  // Object.keys forgets that these are the codes.
  const expected = (Object.keys(ERROR_KINDS) as ErrorCode[]).map((code) => {
    const { origin, retryable } = ERROR_KINDS[code]
    const [status, token] = ERROR_REPLIES[code] ?? []
    return [
      `\`${code}\``,
      origin,
      `\`${retryable}\``,
      status ?? '–',
      token ? `\`${token}\`` : '–',
    ].join(' ')
  })
  t.same(documented.sort(), expected.sort())
  t.end()
})

import { join } from 'node:path'
import { test } from 'tap'
import { loadConfig, loadEnvironment, readConfig } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { LEAST } from './reading.js'

test('Everything wrong is reported at once', (t) => {
  const result = readConfig({
    LOG_LEVEL: 'loud',
    LISTENER_PROT: '80',
    LISTENER_TLS_KEY: '/nonexistent/key.pem',
    CONNECTION_TIMEOUT: '5s',
    TRUST_PROXY: '10.0.0.0/99, local',
    TARGET_GROUP_1_NAME: 'web',
    TARGET_GROUP_1_TARGETS: '::1, h:0',
    TARGET_GROUP_1_RETRIES: 'many',
    TARGET_GROUP_3_NAME: 'web',
    LISTENER_RULE_1_PATH_PREFIX: 'api',
    LISTENER_RULE_1_TARGET_GROUP: 'web',
    LISTENER_RULE_2_PATH_PREFIX: '/',
    LISTENER_RULE_2_TARGET_GROUP: 'shop',
    LISTENER_RULE_5_PATH_PREFIX: '/',
  })
  const variables = 'problems' in result ? result.problems.map(({ variable }) => variable) : []
  t.same(variables, [
    'LISTENER_PROT',
    'LOG_LEVEL',
    'LISTENER_TLS_KEY',
    'CONNECTION_TIMEOUT',
    'TRUST_PROXY',
    'TRUST_PROXY',
    'LISTENER_TLS_CERT',
    'TARGET_GROUP_1_TARGETS',
    'TARGET_GROUP_1_TARGETS',
    'TARGET_GROUP_1_RETRIES',
    'TARGET_GROUP_3_NAME',
    'TARGET_GROUP_3_TARGETS',
    'LISTENER_RULE_1_PATH_PREFIX',
    'LISTENER_RULE_2_TARGET_GROUP',
    'LISTENER_RULE_5_TARGET_GROUP',
    'LISTENER_RULE_5_PATH_PREFIX',
  ])
  t.end()
})

test('A problem is described on one line, not endlessly, and without a value when there is none', (t) => {
  const variable = 'ENV_FILE'
  const cases: readonly [value: string | undefined, text: string][] = [
    [undefined, 'ENV_FILE: rule'],
    ['', 'ENV_FILE=: rule'],
    ['a\nb\u001b[2J', 'ENV_FILE=a\u{FFFD}b\u{FFFD}[2J: rule'],
    ['x'.repeat(500), `ENV_FILE=${'x'.repeat(256)}…: rule`],
    ['https://me:secret@host/@a', 'ENV_FILE=https://[redacted]@host/@a: rule'],
    ['/path/@name', 'ENV_FILE=/path/@name: rule'],
  ]
  for (const [value, text] of cases)
    t.equal(describeProblem({ variable, value, rule: 'rule' }), text)
  t.end()
})

test('The variables of the process win over those of the file, even when they are blank', (t) => {
  const directory = t.testdir({
    env: '# comment\nLISTENER_PORT=1\nLISTENER_HOST=::1\nACCESS_LOG="all"\nTARGET_GROUP_1_NAME=web\n',
  })
  const own = { ENV_FILE: ` ${join(directory, 'env')} `, LISTENER_PORT: '2', LISTENER_HOST: '' }
  t.same(loadEnvironment(own), {
    environment: { ...own, ACCESS_LOG: 'all', TARGET_GROUP_1_NAME: 'web' },
  })
  t.end()
})

test('Without a file the environment is that of the process', (t) => {
  t.same(loadEnvironment({ A: '1', ENV_FILE: ' ' }), { environment: { A: '1', ENV_FILE: ' ' } })
  t.same(loadEnvironment(), { environment: process.env })
  t.end()
})

test('A file of variables that cannot be read is the one problem', (t) => {
  const result = loadConfig({ ENV_FILE: '/nonexistent/env', LOG_LEVEL: 'loud' })
  const texts = 'problems' in result ? result.problems.map(describeProblem) : []
  t.equal(texts.length, 1)
  t.match(
    texts[0],
    /^ENV_FILE=\/nonexistent\/env: the file cannot be read \(ENOENT: no such file or directory\)$/,
  )
  t.end()
})

test('Loading again sees what has changed in the file', (t) => {
  const line = (retries: number): string =>
    Object.entries({ ...LEAST, TARGET_GROUP_1_RETRIES: String(retries) })
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')
  const retries = (ENV_FILE: string): number | undefined => {
    const result = loadConfig({ ENV_FILE })
    return 'config' in result ? result.config.groups[0]?.settings.retries : undefined
  }
  const file = join(t.testdir({ env: line(3) }), 'env')
  t.equal(retries(file), 3)
  t.testdir({ env: line(4) })
  t.equal(retries(file), 4)
  t.end()
})

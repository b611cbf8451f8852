import { join } from 'node:path'
import { test } from 'tap'
import { problemsWith, reading } from './reading.js'

const CHECKED = { TARGET_GROUP_1_HEALTH_CHECK: 'http' }
const FIELDS = 'TARGET_GROUP_1_HEALTH_HEADERS'
const FILE = `${FIELDS}_FILE`

function fieldsWith(variables: Readonly<Record<string, string>>): readonly string[] | undefined {
  const check = reading({ ...CHECKED, ...variables }).config.groups[0]?.healthCheck
  return check?.kind === 'http' ? check.fields : undefined
}

function problemsOf(variables: Readonly<Record<string, string>>): readonly string[] {
  return problemsWith({ ...CHECKED, ...variables })
}

test('A secret comes from its variable, or from a file', (t) => {
  const file = join(t.testdir({ fields: ' X-Key: hunter2\n' }), 'fields')
  t.same(fieldsWith({ [FIELDS]: 'X-Key: hunter2' }), ['X-Key', 'hunter2'])
  t.same(fieldsWith({ [FILE]: file }), ['X-Key', 'hunter2'])
  t.same(fieldsWith({ [FIELDS]: ' ', [FILE]: file }), ['X-Key', 'hunter2'])
  t.end()
})

test('A secret that is there twice is a mistake', (t) => {
  const file = join(t.testdir({ fields: 'X-Key: hunter2' }), 'fields')
  t.same(problemsOf({ [FIELDS]: 'X-Key: hunter2', [FILE]: file }), [
    `${FILE}=${file}: is set together with HEALTH_HEADERS: only one of the two can be`,
  ])
  t.end()
})

test('No message shows a secret', (t) => {
  const directory = t.testdir({ fields: 'hunter2', none: '\n' })
  const rule = 'must be fields such as Name: value; Name: value'
  const cases: readonly [variable: string, value: string, problem: string][] = [
    [FIELDS, 'hunter2', `${FIELDS}=[redacted]: ${rule}`],
    [
      FIELDS,
      'X-Key: hunter2\u0001',
      `${FIELDS}=[redacted]: must be names and values that HTTP allows`,
    ],
    [FILE, join(directory, 'fields'), `${FILE}=${directory}/fields: what the file holds ${rule}`],
    [FILE, join(directory, 'none'), `${FILE}=${directory}/none: the file is empty`],
    [
      FILE,
      '/absent',
      `${FILE}=/absent: the file cannot be read (ENOENT: no such file or directory)`,
    ],
  ]
  for (const [variable, value, problem] of cases)
    t.same(problemsOf({ [variable]: value }), [problem])
  t.end()
})

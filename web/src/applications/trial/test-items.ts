import { JsonField } from '../../../../src/model/json-field.js'
import { MOST_QUERY_PAIRS, MOST_RULES } from '../../../../src/model/limits.js'
import { Problems } from '../../../../src/model/problems.js'
import { isSame } from '../../../../src/model/same.js'
import type { Expectation, TestCase } from '../../../../src/model/trial.js'
import { parsed, type FileItem, type ReadFile } from '../transfer/read-file.js'
import { EXPECTED } from './test-words.js'

/** Of one application. */
const MOST_TESTS = 1000
const LONGEST_NAME = 200

/** A test of a file. */
export interface TestItem extends FileItem {
  readonly test: TestCase
}

function readExpected(field: JsonField | undefined): Expectation {
  const object = field?.object()
  object?.allow([...EXPECTED.map(([key]) => key), 'appliedUrlRules'])
  const fields = EXPECTED.flatMap(([key]) => {
    const text = object?.at(key)?.text()
    return text === undefined ? [] : [[key, text] as const]
  })
  const appliedUrlRules = object?.at('appliedUrlRules')?.texts(MOST_RULES)
  const said: Omit<Expectation, 'appliedUrlRules'> = Object.fromEntries(fields)
  return { ...said, ...(appliedUrlRules && { appliedUrlRules }) }
}

function readTest(field: JsonField, known: Set<string>): TestCase {
  const object = field.object()
  object?.allow(['name', 'parameters', 'expected'])
  const named = object?.need('name')
  const name = named?.text() ?? ''
  if (named?.isText && (name === '' || name.length > LONGEST_NAME))
    named.complain('NameIsInvalid', `must have 1 to ${LONGEST_NAME} characters`)
  if (known.has(name)) named?.complain('DuplicateName', `there is another test ${name}`)
  known.add(name)
  const parameters = object?.need('parameters')?.entries(MOST_QUERY_PAIRS) ?? []
  return {
    name,
    parameters: Object.fromEntries(parameters.map(([key, value]) => [key, value.text()])),
    expected: readExpected(object?.need('expected')),
  }
}

/** The tests of a file, as `exportedTests` writes them. @param saved what they are compared to, by their names */
export function readTests(text: string, saved: readonly TestCase[]): ReadFile<TestItem> {
  const document = parsed(text)
  if (document instanceof Error) return { why: document.message }
  const problems = new Problems()
  const object = new JsonField(document, '', problems).object()
  object?.allow(['items'])
  const names = new Set<string>()
  const tests = object
    ?.need('items')
    ?.items(MOST_TESTS)
    .map((field) => readTest(field, names))
  if (!tests || problems.list.length > 0)
    return { why: problems.list.map(({ path, message }) => `${path}: ${message}`).join('; ') }
  const known = new Map(saved.map((test) => [test.name, test]))
  return {
    items: tests.map((test): TestItem => {
      const before = known.get(test.name)
      const shared = { what: `test ${test.name}`, after: test, test }
      if (!before) return { ...shared, state: 'new' }
      return { ...shared, before, state: isSame(before, test) ? 'the same' : 'another' }
    }),
  }
}

/** Tests in JSON, as the service answers them. */
export function exportedTests(tests: readonly TestCase[]): string {
  return `${JSON.stringify({ items: tests }, null, 2)}\n`
}

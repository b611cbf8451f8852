import type { Expectation, TestCase } from '../../../../src/model/trial.js'

/** The fields of an expectation, as people read them. */
export const EXPECTED = [
  ['by', 'Decided by', 'rule, distribution or default'],
  ['rule', 'Rule', ''],
  ['path', 'Flavor, stack or URL', ''],
  ['protocol', 'Protocol', ''],
  ['port', 'Port', ''],
  ['urn', 'Path (urn)', ''],
  ['ipVersion', 'IP version', '4 or 6'],
] as const satisfies readonly (readonly [keyof Expectation, string, string])[]

/** One parameter per line, `name=value`. */
export function parametersText(parameters: TestCase['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
}

/** What a text of parameters says, or the lines that say nothing. */
export function readParameters(text: string): {
  readonly parameters: Readonly<Record<string, string>>
  readonly wrong: readonly string[]
} {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const wrong = lines.filter((line) => line.indexOf('=') < 1)
  const pairs = lines
    .filter((line) => !wrong.includes(line))
    .map((line) => {
      const equals = line.indexOf('=')
      return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()] as const
    })
  return { parameters: Object.fromEntries(pairs), wrong }
}

/** Says that lines are no parameters; undefined when there are none of these. */
export function wrongWords(wrong: readonly string[]): string | undefined {
  return wrong.length > 0 ? `This is no name=value: ${wrong.join(', ')}` : undefined
}

/** What is expected of a test, in words. */
export function expectationWords({ appliedUrlRules = [], ...fields }: Expectation): string {
  const said = EXPECTED.flatMap(([key, title]) => {
    const value = fields[key]
    return value === undefined || value.trim() === '' ? [] : [`${title.toLowerCase()} ${value}`]
  })
  const rules = appliedUrlRules.length > 0 ? [`URL rules ${appliedUrlRules.join(', ')}`] : []
  return [...said, ...rules].join(', ') || 'anything'
}

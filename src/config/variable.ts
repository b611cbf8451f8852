import { customCleanEnv, EnvMissingError, makeExactValidator } from 'envalid'
import { REDACTED, type Findings } from './problem.js'
import { withSecretsFromFiles } from './secret.js'

/** What it means that a variable is not set: a mistake, a default (as an operator would write it), or something told in words. */
type Absence =
  | { readonly required: true; readonly mayBeEmpty?: true }
  | { readonly default: string }
  | { readonly unset: string; readonly mayBeEmpty?: true }

/** One row of the table of variables: everything the program and its documents know of one variable. */
export type Variable<T = string | number | boolean | object> = Absence & {
  /**
   * Gives the value of a text, which is trimmed and not empty unless `mayBeEmpty` or the default is.
   * @throws Error whose message is the rule; AggregateError for several, each quoting its part of the text
   */
  readonly parse: (text: string) => T
  readonly unit?: 'ms' | 'bytes'
  /** No message shows its value. */
  readonly isSecret?: true
  /** Markdown, for the documents. */
  readonly meaning: string
  readonly example: string
}

/** Variables by name, or by what follows the number when they belong to a family. */
export type Variables = Readonly<Record<string, Variable>>

/** What the variables of a table are worth. */
export type Values<V extends Variables> = {
  readonly [K in keyof V]:
    ReturnType<V[K]['parse']> | (V[K] extends { unset: string } ? undefined : never)
}

/** The outcome of reading a table. */
export interface Reading<V extends Variables> {
  /** What the operator gave, as messages may show it. */
  readonly given: Readonly<Partial<Record<keyof V, string>>>
  /** What could be understood, for the rules between variables. */
  readonly partial: Partial<Values<V>>
  /** The same when nothing was wrong. */
  readonly whole: Values<V> | undefined
}

/** Whether a text counts as given for this variable; a blank one does only where it means something. */
export function isGiven(variable: Variable | undefined, text: string | undefined): boolean {
  if (text === undefined) return false
  return text.trim() !== '' || (variable !== undefined && 'mayBeEmpty' in variable)
}

/** The texts that the operator gave, by the names of the table. */
function givenTexts(
  variables: Variables,
  environment: NodeJS.ProcessEnv,
  prefix: string,
): Readonly<Partial<Record<string, string>>> {
  const texts: Partial<Record<string, string>> = {}
  for (const [name, variable] of Object.entries(variables)) {
    const text = environment[prefix + name]?.trim()
    if (isGiven(variable, text)) texts[name] = text
  }
  return texts
}

function shownTexts(
  variables: Variables,
  texts: Readonly<Partial<Record<string, string>>>,
): Readonly<Partial<Record<string, string>>> {
  const shown = { ...texts }
  for (const name of Object.keys(shown)) if (variables[name]?.isSecret) shown[name] = REDACTED
  return shown
}

function specOf(variable: Variable) {
  const validator = makeExactValidator(variable.parse)
  if ('default' in variable) return validator({ default: variable.parse(variable.default) })
  return 'unset' in variable ? validator({ default: undefined }) : validator()
}

function rulesOf(error: Error): readonly string[] {
  if (error instanceof EnvMissingError) return ['is required']
  if (error instanceof AggregateError) return error.errors.map((each: Error) => each.message)
  return [error.message]
}

/**
 * Reads one table.
 * @param prefix what stands before each name of the table in the environment
 */
export function readVariables<V extends Variables>(
  variables: V,
  environment: NodeJS.ProcessEnv,
  findings: Findings,
  prefix = '',
): Reading<V> {
  const rows = Object.entries(variables)
  const specs = Object.fromEntries(rows.map(([name, variable]) => [name, specOf(variable)]))
  const texts = givenTexts(variables, environment, prefix)
  const given = shownTexts(variables, texts)
  const before = findings.problems.length
  const report = (name: string, error: Error): void => {
    const value = error instanceof AggregateError ? undefined : given[name]
    for (const rule of rulesOf(error)) findings.problem(prefix + name, value, rule)
  }
  const values = customCleanEnv(
    texts,
    specs,
    (cleaned) => withSecretsFromFiles(variables, cleaned, report),
    {
      reporter: ({ errors }) => {
        for (const [name, error] of Object.entries(errors)) if (error) report(name, error)
      },
    },
  )
  // The compiler cannot follow names through entries: each value is what the `parse` of its own row returned.
  const partial = values as Partial<Values<V>>
  return {
    given: given as Reading<V>['given'],
    partial,
    whole: findings.problems.length === before ? (partial as Values<V>) : undefined,
  }
}

import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { Value } from 'typebox/value'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import type { FieldProblem } from '../api/problem.js'
import { Refusal } from './refusal.js'

/** So many are told of one request. */
const MOST_PROBLEMS = 50

/** A name as a part of a JSON pointer (RFC 6901 section 3). */
export function pointerPart(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The ones that say something of a field; the others only sum them up. */
function problemsOf(
  error: TLocalizedValidationError,
  all: readonly TLocalizedValidationError[],
): readonly FieldProblem[] {
  const { keyword, instancePath, schemaPath, params } = error
  const at = (path: string, message: string): FieldProblem => ({ path, code: '', message })
  if (keyword === 'required')
    return params.requiredProperties.map((name) =>
      at(instancePath + pointerPart(name), 'is required'),
    )
  if (keyword === 'additionalProperties')
    return params.additionalProperties.map((name) =>
      at(instancePath + pointerPart(name), 'is not known here'),
    )
  if (keyword === 'enum')
    return [at(instancePath, `must be one of ${params.allowedValues.join(', ')}`)]
  if (keyword === 'anyOf') {
    const choices = all.filter((each) => each.schemaPath.startsWith(`${schemaPath}/anyOf/`))
    const words = choices.flatMap((each) =>
      each.keyword === 'const' ? [String(each.params.allowedValue)] : [],
    )
    if (words.length === choices.length)
      return [at(instancePath, `must be one of ${words.join(', ')}`)]
    return []
  }
  // Said by additionalProperties, which knows the name.
  if (keyword === 'boolean') return []
  if (keyword === 'const' && /\/anyOf\/\d+$/.test(schemaPath)) return []
  return [at(instancePath, error.message)]
}

function fieldProblems(
  errors: readonly TLocalizedValidationError[],
  isBody: boolean,
): readonly FieldProblem[] {
  const problems = errors.flatMap((error) => problemsOf(error, errors)).slice(0, MOST_PROBLEMS)
  const told = problems.length > 0 ? problems : [{ path: '', code: '', message: 'is not valid' }]
  return isBody ? told : told.map(({ path, ...rest }) => ({ path: path.slice(1), ...rest }))
}

/**
 * Makes what validates a part of a request by its schema. Texts of the address are taken for numbers where those are wanted,
 * values of a body never; a refusal tells every field that is wrong.
 */
export const fieldValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  const isBody = httpPart === 'body'
  return (given: unknown) => {
    const value = isBody ? given : Value.Convert(schema, given)
    if (compiled.Check(value)) return { value }
    const errors = fieldProblems(compiled.Errors(value), isBody)
    const detail = errors
      .slice(0, 3)
      .map(({ path, message }) => `${path || 'The body'} ${message}`)
      .join('; ')
    return { error: new Refusal(400, { detail, errors }) }
  }
}

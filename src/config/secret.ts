import { fileText } from './parsers.js'
import type { Variables } from './variable.js'

/** A secret that a configuration can do without. */
interface Secret<T> {
  readonly parse: (text: string) => T
  readonly unset: string
  readonly meaning: string
  readonly example: string
}

type SecretFile<T> = Secret<T> & { readonly unset: 'none' }

type SecretRows<N extends string, T> = Readonly<
  Record<N, Secret<T> & { readonly isSecret: true }> & Record<`${N}_FILE`, SecretFile<T>>
>

function fileOf<N extends string>(name: N): `${N}_FILE` {
  return `${name}_FILE`
}

function secretFile<T>(parse: (text: string) => T): (path: string) => T {
  return (path) => {
    const text = fileText(path).trim()
    if (text === '') throw new Error('the file is empty')
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new Error(`what the file holds ${error.message}`, { cause: error })
    }
  }
}

/** The two rows of a secret in a table of variables: itself, and the file that may hold it instead. */
export function secret<const N extends string, T>(name: N, row: Secret<T>): SecretRows<N, T> {
  const file: SecretFile<T> = {
    parse: secretFile(row.parse),
    unset: 'none',
    meaning: 'file that holds it instead; read at start and on SIGHUP',
    example: `/run/secrets/${name.toLowerCase().replaceAll('_', '-')}`,
  }
  // The compiler does not follow computed names.
  return { [name]: { ...row, isSecret: true }, [fileOf(name)]: file } as SecretRows<N, T>
}

/** The values of a table, in which what a file holds stands for the secret itself; reports a secret that is there twice. */
export function withSecretsFromFiles(
  variables: Variables,
  values: Readonly<Record<string, unknown>>,
  report: (name: string, error: Error) => void,
): Readonly<Record<string, unknown>> {
  const filled = { ...values }
  for (const [name, { isSecret }] of Object.entries(variables)) {
    const file = fileOf(name)
    if (!isSecret || values[file] === undefined) continue
    if (values[name] !== undefined)
      report(file, new Error(`is set together with ${name}: only one of the two can be`))
    filled[name] = values[file]
  }
  return filled
}

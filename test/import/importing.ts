import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'dotenv'
import type { Test } from 'tap'
import { readConfig, type Config } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'
import { runImport } from '../../src/import/run-import.js'

/** What an import printed. */
export interface Imported {
  readonly code: number
  readonly text: string
  /** What the program reads from the text. */
  readonly variables: Readonly<Record<string, string>>
  /** The lines on standard error, without the folder of the test. */
  readonly losses: readonly string[]
}

function collector(): { readonly chunks: string[]; readonly stream: NodeJS.WritableStream } {
  const chunks: string[] = []
  // As much of a stream as is used.
  const stream = { write: (text: string) => chunks.push(text) } as unknown as NodeJS.WritableStream
  return { chunks, stream }
}

/** The configuration that was printed; throws when it is none. */
export function configOf({ variables, losses }: Imported): Config {
  const result = readConfig(variables)
  if ('config' in result) return result.config
  throw new Error([...result.problems.map(describeProblem), ...losses].join('\n'))
}

/** Imports the file at `path`; `folder` is left out of what it says. */
export function importAt(path: string, folder = dirname(path)): Imported {
  const [out, err] = [collector(), collector()]
  const code = runImport([path], { stdout: out.stream, stderr: err.stream })
  const text = out.chunks.join('')
  const losses = err.chunks.join('').replaceAll(`${folder}/`, '').split('\n').slice(0, -1)
  return { code, text, variables: parse(text), losses }
}

/** Imports the first of these files, by name and text. */
export function importing(t: Test, files: Readonly<Record<string, string>>): Imported {
  const folder = t.testdir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const [first = ''] = Object.keys(files)
  return importAt(join(folder, first), folder)
}

/** The variables of the first group, without what their names begin with. */
export function groupOf({ variables }: Imported): Readonly<Record<string, string>> {
  const prefix = 'TARGET_GROUP_1_'
  const own = Object.entries(variables).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

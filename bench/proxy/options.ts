import { parseArgs } from 'node:util'
import { BenchError } from '../bench-error.js'
import { CASES, type LoadCase } from './cases.js'
import { CONTENDERS, type Contender } from './contenders.js'

const MAX_ROUNDS = 100
const MAX_SECONDS = 600

/** What one run of the benchmark does. */
export interface Plan {
  readonly contenders: readonly Contender[]
  readonly cases: readonly LoadCase[]
  readonly rounds: number
  /** Length of the measured load. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** False when anything was left out that a result to keep must have. */
  readonly complete: boolean
}

/** What `--help` prints. */
export const USAGE = `Usage: npm run bench -- proxy [options]

  --rounds <n>     interleaved rounds (default 3)
  --seconds <n>    measured load per server, case and round (default 5)
  --only <names>   servers: ${CONTENDERS.map(({ name }) => name).join(',')}
  --cases <names>  cases: ${CASES.map(({ name }) => name).join(',')}
  --quick          1 round of 1 second: does everything work?
  --help           this text`

/** The plan that the command line asks for, or undefined for --help; throws BenchError. */
export function parseOptions(args: readonly string[]): Plan | undefined {
  const values = parseValues(args)
  if (values.help) return undefined
  const contenders = choose('--only', values.only, CONTENDERS)
  const cases = choose('--cases', values.cases, CASES)
  const rounds = parseCount('--rounds', values.rounds ?? (values.quick ? '1' : '3'), MAX_ROUNDS)
  const seconds = parseCount('--seconds', values.seconds ?? (values.quick ? '1' : '5'), MAX_SECONDS)
  return {
    contenders,
    cases,
    rounds,
    seconds,
    warmUpSeconds: values.quick ? 1 : 5,
    complete:
      !values.quick &&
      rounds >= 3 &&
      contenders.length === CONTENDERS.length &&
      cases.length === CASES.length,
  }
}

function parseValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        only: { type: 'string' },
        cases: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new BenchError(`${problem}\n${USAGE}`, { cause })
  }
}

function parseCount(option: string, text: string, max: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= max) return count
  throw new BenchError(`${option} ${text}: must be a whole number from 1 to ${max}`)
}

function choose<T extends { name: string }>(
  option: string,
  list: string | undefined,
  all: readonly T[],
): readonly T[] {
  if (list === undefined) return all
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !all.some((item) => item.name === name))
  if (unknown.length === 0) return all.filter(({ name }) => names.includes(name))
  const known = all.map(({ name }) => name).join(', ')
  throw new BenchError(`${option} ${unknown.join(',')}: unknown; known are ${known}`)
}

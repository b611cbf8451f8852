import { parseArgs } from 'node:util'
import type { Budget, Report } from './budget.js'
import { fuzzChaos } from './chaos.js'
import { fuzzRequests } from './requests.js'
import { fuzzResponses } from './responses.js'

const PARTS: Readonly<Record<string, (budget: Budget) => Promise<Report>>> = {
  responses: fuzzResponses,
  requests: fuzzRequests,
  chaos: fuzzChaos,
}
const USAGE = `usage: npm run fuzz -- <${Object.keys(PARTS).join('|')}> [--seconds <n>] [--count <n>] [--seed <n>]`

function whole(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`"${text}" is no whole number`)
  return number
}

async function run(): Promise<boolean> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      count: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  })
  const fuzz = PARTS[positionals[0] ?? '']
  if (!fuzz || positionals.length !== 1)
    throw new Error(`name one part of ${Object.keys(PARTS).join(', ')}`)
  const seed = whole(values.seed)
  const { tried, outcomes, failures } = await fuzz({
    seed,
    seconds: whole(values.seconds),
    count: whole(values.count),
  })
  process.stdout.write(`${tried} tried from seed ${seed} on\n`)
  for (const [name, count] of [...outcomes].sort(([, a], [, b]) => b - a))
    process.stdout.write(`  ${String(count).padStart(9)} ${name}\n`)
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`)
  return failures.length === 0
}

run().then(
  (isFine) => (process.exitCode = isFine ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exitCode = 2
  },
)

// Runs test files, several at a time, each in a process of its own; the last line is the count.
// Arguments: test files and folders; none for every test.
//
// What runs is what the compiler made of them in test/dist (`tsc -p test`, a part of `npm run check`):
// tap would compile each again in each process, and load hooks for coverage and mocks into these and
// into every process that they start. Which tests there are is told by their sources, so what is left
// in test/dist of a test that was removed does not run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { Tally } from './tally.js'

const JOBS = 4
const TIMEOUT_SECONDS = 300
/** For a test that took too long, to tell what it waits for. */
const GRACE_SECONDS = 15

const queue = chosenFiles(process.argv.slice(2))
const running = new Set()
const tally = new Tally()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop(signal))
await Promise.all(Array.from({ length: JOBS }, work))
process.exitCode = tally.finish() ? 0 : 1

function chosenFiles(paths) {
  const files = readdirSync('test', { recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path}`)
    .sort()
  if (paths.length === 0) return files
  const chosen = paths.map((path) => {
    const wanted = path.replace(/^\.\/|\/$/g, '')
    const found = files.filter((file) => file === wanted || file.startsWith(`${wanted}/`))
    if (found.length > 0) return found
    console.error(`there is no test at "${path}"`)
    process.exit(1)
  })
  return [...new Set(chosen.flat())]
}

async function work() {
  for (let file = queue.shift(); file; file = queue.shift()) {
    const started = Date.now()
    const { output, problem } = await run(file)
    tally.add(file, { output, problem, seconds: Math.round((Date.now() - started) / 1000) })
  }
}

async function run(file) {
  const compiled = `test/dist/${file.replace(/ts$/, 'js')}`
  const child = spawn(process.execPath, ['--enable-source-maps', compiled], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TAP_TIMEOUT: String(TIMEOUT_SECONDS) },
    timeout: (TIMEOUT_SECONDS + GRACE_SECONDS) * 1000,
    killSignal: 'SIGKILL',
  })
  running.add(child)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  const [code, signal] = await once(child, 'close')
  running.delete(child)
  if (code !== 0) return { output, problem: `it ended with ${signal ?? code}` }
  return { output, problem: /^ok /m.test(output) ? undefined : 'there is no test in it' }
}

function stop(signal) {
  queue.length = 0
  for (const child of running) child.kill(signal)
}

// Reads the output of `tap --reporter=tap` and then a line `# exit <code of tap>` from standard
// input. Shows a line for each test file with its seconds, the first failures of each with their
// diagnosis, and every skipped test. Ends with the count of tests: the points directly below a file, or a file that fails
// by itself.
import { createInterface } from 'node:readline'

const INDENT = 4
const MAX_FAILURES_SHOWN = 10
const POINT = /^( *)(not )?ok \d+ - (.*?)(?: # time=([\d.]+)ms.*)?$/
const DIRECTIVE = / # (SKIP|TODO)\b.*$/i
const COVERAGE = /^[^|]+(\|[^|]*){5}$/

const total = { passed: 0, failed: 0, skipped: 0 }
let file = { ...total }
let failuresOfFile = 0
let lastFailureDepth = 0
let inDiagnosis = false
let showDiagnosis = false
let tapExit = 1

for await (const line of createInterface({ input: process.stdin })) read(line)
finish()

function read(line) {
  const point = POINT.exec(line)
  if (inDiagnosis || /^ *---$/.test(line)) {
    if (showDiagnosis) console.log(line)
    inDiagnosis = !/^ *\.\.\.$/.test(line)
  } else if (point) {
    const [, indent, not, text, ms = '0'] = point
    readPoint(line, { depth: indent.length / INDENT, failed: Boolean(not), text, ms })
  } else if (line.startsWith('# exit ')) {
    tapExit = Number(line.slice(7))
  } else if (COVERAGE.test(line)) {
    console.log(line)
  }
}

function readPoint(line, { depth, failed, text, ms }) {
  const skipped = DIRECTIVE.test(text)
  const outcome = skipped ? 'skipped' : failed ? 'failed' : 'passed'
  if (depth === 1 || skipped) file[outcome]++
  if (skipped) console.log(`skipped  ${text}`)

  showDiagnosis = outcome === 'failed' && lastFailureDepth <= depth
  if (showDiagnosis && ++failuresOfFile > MAX_FAILURES_SHOWN) showDiagnosis = false
  if (outcome === 'failed') lastFailureDepth = depth
  if (depth === 0) endFile(text.replace(DIRECTIVE, ''), outcome, ms)
  else if (showDiagnosis || (outcome === 'failed' && depth === 1)) console.log(line)
}

function endFile(name, outcome, ms) {
  if (outcome === 'failed' && file.failed === 0) file.failed++
  const { passed, failed, skipped } = file
  const hidden = failuresOfFile - MAX_FAILURES_SHOWN
  if (hidden > 0) console.log(`    … and ${hidden} more failures`)
  console.log(
    `${failed ? 'FAILED ' : 'ok     '}  ${name}: ${passed} of ${passed + failed + skipped}, ${Math.round(ms / 1000)} s`,
  )
  for (const kind of Object.keys(total)) total[kind] += file[kind]
  file = { passed: 0, failed: 0, skipped: 0 }
  failuresOfFile = 0
}

function finish() {
  const { passed, failed, skipped } = total
  const problems = []
  if (tapExit !== 0 && failed === 0)
    problems.push(`tap ended with ${tapExit}: is the coverage below the floor in .taprc?`)
  if (passed === 0) problems.push('no test passed')
  if (process.env.CI === 'true' && skipped > 0) problems.push('in CI a skipped test is a failure')
  for (const problem of problems) console.log(problem)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = problems.length > 0 || failed > 0 ? 1 : 0
}

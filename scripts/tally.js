// Counts what test files say in TAP. Shows a line for each file with its seconds, the first failures
// of each with their diagnosis, and every skipped test; in the end the count of tests, which are the
// outermost points of a file, or a file that fails by itself.

const INDENT = 4
const MAX_FAILURES_SHOWN = 10
const POINT = /^( *)(not )?ok \d+ - (.*?)(?: # time=[\d.]+ms.*)?$/
const DIRECTIVE = / # (SKIP|TODO)\b/i

/** What one file says. */
class Reading {
  counts = { passed: 0, failed: 0, skipped: 0 }
  failures = 0
  #lastFailureDepth = 0
  #inDiagnosis = false
  #showsDiagnosis = false

  constructor(output) {
    for (const line of output.split('\n')) this.#read(line)
  }

  #read(line) {
    const [, indent, not, text] = POINT.exec(line) ?? []
    if (this.#inDiagnosis || /^ *---$/.test(line)) {
      if (this.#showsDiagnosis) console.log(line)
      this.#inDiagnosis = !/^ *\.\.\.$/.test(line)
    } else if (text !== undefined) {
      this.#readPoint(line, { depth: indent.length / INDENT, failed: Boolean(not), text })
    }
  }

  #readPoint(line, { depth, failed, text }) {
    const skipped = DIRECTIVE.test(text)
    const outcome = skipped ? 'skipped' : failed ? 'failed' : 'passed'
    if (depth === 0 || skipped) this.counts[outcome]++
    if (skipped) console.log(`skipped  ${text}`)
    this.#showsDiagnosis = false
    if (outcome !== 'failed') return
    // A test fails with what failed in it, which has been shown.
    const isFirst = this.#lastFailureDepth <= depth
    this.#lastFailureDepth = depth
    this.#showsDiagnosis = isFirst && ++this.failures <= MAX_FAILURES_SHOWN
    if (this.#showsDiagnosis || depth === 0) console.log(line)
  }
}

export class Tally {
  #total = { passed: 0, failed: 0, skipped: 0 }

  /**
   * Shows and counts a file.
   * @param problem what is wrong with its process, if anything is
   */
  add(name, { output, problem, seconds }) {
    const { counts, failures } = new Reading(output)
    if (failures > MAX_FAILURES_SHOWN)
      console.log(`… and ${failures - MAX_FAILURES_SHOWN} more failures`)
    if (problem !== undefined && counts.failed === 0) {
      console.log(problem)
      counts.failed++
    }
    const { passed, failed, skipped } = counts
    const all = passed + failed + skipped
    console.log(`${failed > 0 ? 'FAILED ' : 'ok     '}  ${name}: ${passed} of ${all}, ${seconds} s`)
    for (const kind of Object.keys(counts)) this.#total[kind] += counts[kind]
  }

  /** Shows the count; gives whether all is well. */
  finish() {
    const { passed, failed, skipped } = this.#total
    const problems = []
    if (passed === 0) problems.push('no test passed')
    if (process.env.CI === 'true' && skipped > 0) problems.push('in CI a skipped test is a failure')
    for (const problem of problems) console.log(problem)
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
    return problems.length === 0 && failed === 0
  }
}

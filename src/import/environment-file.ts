import { VARIABLES } from '../config/variables.js'
import { onOneLine, type Place, type Report } from './report.js'

/** What every reader of such files takes as it is. */
const BARE = /^[^\s'"`#\\$](?:[^'"`#\\$\p{Cc}\u2028\u2029]*[^\s'"`#\\$])?$/u

const QUOTING_NOTE =
  'Values in quotes are read as they should by ENV_FILE, node --env-file and EnvironmentFile= of systemd. Docker keeps ' +
  'the quotes of an --env-file: give the container this file as a volume, and set ENV_FILE.'

const LONGEST_LINE = 118

function quoted(value: string): string | undefined {
  if (value === '' || BARE.test(value)) return value
  if (value.trim() !== value || /[\p{Cc}\u2028\u2029]/u.test(value)) return undefined
  if (!value.includes("'")) return `'${value}'`
  if (!/["\\$`]/.test(value)) return `"${value}"`
  // systemd knows no such quotes, and nothing else is left.
  return value.includes('`') ? undefined : `\`${value}\``
}

function commentLines(text: string): readonly string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of onOneLine(text).split(' ')) {
    if (line.length + word.length >= LONGEST_LINE) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** An environment file in the making, which takes only what the program accepts. */
export class EnvironmentFile {
  private readonly report: Report
  private readonly introduction: string
  private readonly lines: string[] = []
  private readonly told = new Set<string>()

  /** @param introduction what stands above everything */
  constructor(introduction: string, report: Report) {
    this.introduction = introduction
    this.report = report
  }

  /** A comment, on as many lines as it takes; one that has been made already is not made again. */
  comment(text: string): void {
    if (!this.told.has(text)) this.lines.push(...commentLines(text))
    this.told.add(text)
  }

  /** An empty line, and what comes next. */
  heading(text: string): void {
    this.lines.push('', ...commentLines(text))
  }

  /** What is wrong with a value; undefined when it is one for this variable. */
  ruleAgainst(name: string, value: string): string | undefined {
    const variable = VARIABLES.get(name.replace(/_\d+_/, '_<N>_'))
    if (variable?.isSecret && quoted(value) === undefined)
      return `cannot be written in such a file: put it into a file of its own, and set ${name}_FILE`
    if (quoted(value) === undefined) return 'cannot be written in such a file'
    // Files are those of the machine that the program will run on.
    if (!variable || name.endsWith('_FILE')) return undefined
    try {
      variable.parse(value)
      return undefined
    } catch (error) {
      if (error instanceof AggregateError) return (error.errors as Error[])[0]?.message
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Writes a variable, or reports why it cannot be. Says which of the two. */
  set(name: string, value: string | number | boolean, place: Place): boolean {
    const rule = this.ruleAgainst(name, String(value))
    if (rule !== undefined) {
      this.report.lost(place, `${name} ${rule}`)
      return false
    }
    this.lines.push(`${name}=${quoted(String(value)) ?? ''}`)
    return true
  }

  /** The whole file. */
  toString(): string {
    const hasQuotes = this.lines.some((line) => /^[A-Z\d_]+=['"`]/.test(line))
    const notes = [this.introduction, ...(hasQuotes ? [QUOTING_NOTE] : [])].flatMap(commentLines)
    return [...notes, ...this.lines, ''].join('\n')
  }
}

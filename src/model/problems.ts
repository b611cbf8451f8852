import type { DocumentProblem } from './document.js'
import { MOST_PROBLEMS } from './limits.js'

/** Longest piece of a document that a message shows. */
const LONGEST_QUOTE = 60

/** A text as a message shows it: in quotes, on one line, and cut when it is long. */
export function quoted(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  return JSON.stringify(short)
}

/** One step further in a JSON pointer (RFC 6901). */
export function below(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** What is wrong in one document, in the order in which it was found. */
export class Problems {
  private readonly found: DocumentProblem[] = []

  get list(): readonly DocumentProblem[] {
    return this.found
  }

  /** What goes beyond `MOST_PROBLEMS` is not kept. */
  add(code: string, path: string, message: string): void {
    if (this.found.length < MOST_PROBLEMS) this.found.push({ code, path, message })
    else if (this.found.length === MOST_PROBLEMS)
      this.found.push({ code: 'TooManyProblems', path: '', message: 'there are more problems' })
  }
}

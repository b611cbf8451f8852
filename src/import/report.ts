/** Where something stands in a file. */
export interface Place {
  readonly file: string
  /** Counted from 1, as is the column. */
  readonly line: number
  readonly column: number
  /** The way to it from the top of the file: `DnsRecords[2].Options.RetryCount`. */
  readonly key: string
}

interface Loss extends Place {
  readonly why: string
}

/** Text from a file as one line can show it. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\u{FFFD}')
}

function inOrder(a: Loss, b: Loss): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column || a.key.length - b.key.length
}

/** Everything in the files that the environment does not say. */
export class Report {
  private readonly losses: Loss[] = []

  /** @param why it is left out, as the end of a sentence that begins with the key; never with a secret in it */
  lost(place: Place, why: string): void {
    this.losses.push({ ...place, why })
  }

  /** One for each loss, in the order of the files: `config.yml:3:1: pid_file: left out: …`. */
  get lines(): readonly string[] {
    return this.losses
      .toSorted(inOrder)
      .map(({ file, line, column, key, why }) =>
        onOneLine(`${file}:${line}:${column}: ${key || 'the file'}: ${why}`),
      )
  }
}

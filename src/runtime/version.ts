import { readFileSync } from 'node:fs'

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string } // It comes with the program.
  return version
}

/** The version of this program, as its package has it. */
export const VERSION = readVersion()

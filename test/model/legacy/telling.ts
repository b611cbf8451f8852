import type { DocumentProblem } from '../../../src/model/document.js'
import type { Legacy } from '../../../src/model/legacy/notes.js'

/** What was read. */
export function contentOf<Content>(legacy: Legacy<Content>): Content {
  if ('content' in legacy) return legacy.content
  throw new Error(JSON.stringify(legacy.problems, null, 1))
}

/** Code and place of each note, or of each problem. */
export function told(legacy: Legacy<unknown>): readonly string[] {
  return shown('notes' in legacy ? legacy.notes : legacy.problems)
}

/** Code and place of each. */
export function shown(notes: readonly DocumentProblem[]): readonly string[] {
  return notes.map(({ code, path }) => `${code} ${path}`)
}

/** The URL of most servers. */
export const URL = '{protocol}://{host}:{port}/{urn}'

/** Elements of a rule. */
export const SERVER = `<server><url>${URL}</url><path>2.0</path></server>`
export const RETURN = `<return>${SERVER}</return>`

/** A condition on that parameter. */
export function isEmpty(name: string): string {
  return `<isEmpty><param>${name}</param></isEmpty>`
}

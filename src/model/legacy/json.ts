import { JsonField } from '../json-field.js'
import { Problems } from '../problems.js'
import type { Legacy } from './notes.js'

/**
 * Reads a JSON file of Redirector. What is wrong in it is noted, and the rest is kept.
 * @param part undefined when nothing of it can be used
 */
export function readJson<Content>(
  text: string,
  part: (field: JsonField) => Content | undefined,
): Legacy<Content> {
  const notes = new Problems()
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    notes.add('JsonInvalid', '', `no JSON: ${message}`)
    return { problems: notes.list }
  }
  const content = part(new JsonField(document, '', notes))
  return content === undefined ? { problems: notes.list } : { content, notes: notes.list }
}

/** A JSON file as people can read it. */
export function writeJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

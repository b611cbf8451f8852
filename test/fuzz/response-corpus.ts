import { MALFORMED } from '../faces/proxy/transport/wire/malformed-responses.js'
import { BROKEN_OFF, SWITCHES, VALID } from '../faces/proxy/transport/wire/valid-responses.js'

const MAX_LENGTH = 2000

function wires(
  ...tables: readonly Readonly<Record<string, { readonly wire: string }>>[]
): string[] {
  const all = tables.flatMap((table) => Object.values(table).map(({ wire }) => wire))
  return all.filter(({ length }) => length <= MAX_LENGTH)
}

/** Responses that are understood, in every framing. */
export const GOOD_RESPONSES: readonly string[] = wires(VALID, SWITCHES)

/** Those, and such as are malformed or break off. */
export const RESPONSES: readonly string[] = [...GOOD_RESPONSES, ...wires(MALFORMED, BROKEN_OFF)]

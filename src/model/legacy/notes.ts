import type { DocumentProblem } from '../document.js'

/**
 * What a document of Redirector says, and what of it is not kept or was changed; or why it cannot be read. Paths of
 * problems and notes lead through its elements, counted from 1 among those of one name: `/selectServer/if[2]`.
 */
export type Legacy<Content> =
  | { readonly content: Content; readonly notes: readonly DocumentProblem[] }
  | { readonly problems: readonly DocumentProblem[] }

/** A document in Redirector's form, and what it cannot say; paths are those of our JSON form. */
export interface Written {
  readonly text: string
  readonly notes: readonly DocumentProblem[]
}

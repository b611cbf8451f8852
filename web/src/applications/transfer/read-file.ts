/** One thing of a file that can be taken over. */
export interface FileItem {
  /** What it is, in words: `rule Beta_boxes`. */
  readonly what: string
  /** How it stands to what is there. */
  readonly state: 'new' | 'the same' | 'another'
  /** JSON forms; `before` is absent for what is new. */
  readonly before?: unknown
  readonly after: unknown
}

/** What is in a file, or why it cannot be read. */
export type ReadFile<Item> = { readonly items: readonly Item[] } | { readonly why: string }

/** What a text of JSON says, or the error of what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

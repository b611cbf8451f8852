import type { Arguments } from './argument.js'
import type { ClientKey } from './client-key.js'
import type { Random } from '../core/ports.js'
import type { CompiledLists } from './compiled-lists.js'
import type { Problems } from './problems.js'

/** What the conditions of one set of rules are compiled with, and report to. */
export interface Compilation {
  readonly args: Arguments
  readonly clientKey: ClientKey
  readonly lists: CompiledLists
  readonly random: Random
  /** Whether negated tests hold for a parameter that is missing. */
  readonly missingMatches: boolean
  /** With one of these the rules cannot be used. */
  readonly problems: Problems
  /** What is allowed, but doubtful. */
  readonly warnings: Problems
}

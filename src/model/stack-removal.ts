import type { StackHosts } from './document.js'

/** What becomes of the wish to forget a stack: it is forgotten, nobody knows of it, or it has hosts and stays. */
export type StackRemoval = 'removed' | 'unknown' | 'has-hosts'

/** What is to become of the wish to forget the stack with this path, `/DC/AZ/flavor`. */
export function removalOf(stacks: readonly StackHosts[], path: string): StackRemoval {
  const found = stacks.filter((each) => each.path === path)
  if (found.length === 0) return 'unknown'
  return found.some(({ hosts }) => hosts.length > 0) ? 'has-hosts' : 'removed'
}

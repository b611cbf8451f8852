import type { StackView } from '../../../../src/manage/api/applications.js'

/** A stack with everything that runs on it. */
export interface StackRow {
  /** `/DC/AZ`. */
  readonly stack: string
  readonly isWhitelisted: boolean
  /** Whether that is otherwise than in the version that is edited. */
  readonly isChanged: boolean
  readonly flavors: readonly FlavorRow[]
  /** Hosts that take clients, of those that there are. */
  readonly serving: number
  readonly hosts: number
}

/** One flavor on a stack. */
export interface FlavorRow {
  readonly flavor: string
  readonly path: string
  readonly serving: number
  readonly hosts: StackView['hosts']
}

function servingOf(hosts: StackView['hosts']): number {
  return hosts.filter(({ serves, weight }) => serves && weight > 0).length
}

/**
 * All stacks that are known, by name: those with hosts, and those that are whitelisted without any.
 * @param before the whitelist that is edited
 */
export function stackRows(
  stacks: readonly StackView[],
  whitelist: readonly string[],
  before: readonly string[],
): readonly StackRow[] {
  const names = new Set([...stacks.map(({ stack }) => stack), ...whitelist, ...before])
  return [...names].sort().map((stack) => {
    const own = stacks.filter((each) => each.stack === stack)
    const flavors = own
      .map(({ flavor, path, hosts }) => ({ flavor, path, serving: servingOf(hosts), hosts }))
      .toSorted((a, b) => a.flavor.localeCompare(b.flavor, 'en', { numeric: true }))
    const isWhitelisted = whitelist.includes(stack)
    return {
      stack,
      isWhitelisted,
      isChanged: isWhitelisted !== before.includes(stack),
      flavors,
      serving: flavors.reduce((sum, flavor) => sum + flavor.serving, 0),
      hosts: flavors.reduce((sum, { hosts }) => sum + hosts.length, 0),
    }
  })
}

/** The stacks with those that somebody has commented on and that have no hosts by now. */
export function withCommented(
  stacks: readonly StackView[],
  commented: readonly string[],
  whitelist: readonly string[],
): readonly StackView[] {
  const known = new Set(stacks.map(({ path }) => path))
  const gone = commented.filter((path) => !known.has(path))
  const empty = gone.map((path) => {
    const [, stack = '', flavor = ''] = /^(.*)\/(.*)$/.exec(path) ?? []
    return { path, stack, flavor, isWhitelisted: whitelist.includes(stack), hosts: [] }
  })
  return [...stacks, ...empty]
}

/** Paths that servers may name: each stack with its flavor, and each flavor alone. */
export function knownPaths(stacks: readonly StackView[]): readonly string[] {
  const flavors = stacks.map(({ flavor }) => flavor)
  return [...new Set([...flavors, ...stacks.map(({ path }) => path)])].sort()
}

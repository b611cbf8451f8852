import type { Findings } from './problem.js'

/**
 * Checks that a variable names a target group.
 * @param name as given; undefined when that is wrong in itself
 * @param groups names there are
 */
export function checkGroup(
  variable: string,
  name: string | undefined,
  groups: ReadonlySet<string>,
  findings: Findings,
): void {
  if (name === undefined || groups.has(name)) return
  const known = groups.size > 0 ? `known: ${[...groups].join(', ')}` : 'there is no group at all'
  findings.problem(variable, name, `no target group has this name; ${known}`)
}

import { oneOf } from './parsers.js'
import type { Findings } from './problem.js'
import type { healthCheckMembers } from './health-check-members.js'
import type { Reading, Variables } from './variable.js'

/** Where the targets of a group come from, and which of them are wanted. */
export const GROUP_SOURCES = ['static', 'postgres:primary', 'postgres:replica'] as const

/** The variable that says so. */
export const sourceMembers = {
  SOURCE: {
    parse: oneOf(GROUP_SOURCES),
    default: 'static',
    meaning:
      'where the targets come from: `static` from the list; `postgres:primary` and `postgres:replica` too, but only servers of that role serve, which [PostgreSQL checks](postgres.md) find out',
    example: 'postgres:primary',
  },
} as const satisfies Variables

type SourceReading = Pick<
  Reading<typeof sourceMembers & typeof healthCheckMembers>,
  'given' | 'partial' | 'whole'
>

/** What a group has said when its source says a part of it: that there are checks, and which role they look for. */
export function withSource<R extends SourceReading>(
  prefix: string,
  reading: R,
  findings: Findings,
): R {
  const { given, partial, whole } = reading
  const { SOURCE } = partial
  if (SOURCE !== 'postgres:primary' && SOURCE !== 'postgres:replica') return reading
  const role = SOURCE === 'postgres:primary' ? 'primary' : 'replica'
  const implied = { HEALTH_CHECK: 'postgres', POSTGRES_ROLE: role } as const
  for (const member of ['HEALTH_CHECK', 'POSTGRES_ROLE'] as const)
    if (given[member] !== undefined && given[member] !== implied[member])
      findings.problem(
        prefix + member,
        given[member],
        `must be ${implied[member]}, or not set, with ${prefix}SOURCE=${SOURCE}`,
      )
  return {
    ...reading,
    partial: { ...partial, ...implied },
    whole: whole && { ...whole, ...implied },
  }
}

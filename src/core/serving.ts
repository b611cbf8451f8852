import type { AllDown, GroupSettings } from './group-settings.js'
import type { Member } from './member.js'
import type { Standing } from './snapshot.js'

function lastHealthy(members: readonly Member[]): readonly Member[] {
  let last: Member | undefined
  for (const member of members) {
    if (member.healthyUntil === undefined) continue
    if (last?.healthyUntil === undefined || member.healthyUntil > last.healthyUntil) last = member
  }
  return last ? [last] : []
}

function kept(members: readonly Member[], allDown: AllDown): readonly Member[] {
  if (allDown === 'none') return []
  const unhealthy = members.filter(({ health }) => health.state === 'unhealthy')
  return allDown === 'all' ? unhealthy : lastHealthy(unhealthy)
}

/**
 * The members that clients are sent to: those that are open; when there is none, those that `allDown` keeps. What an
 * operator took out is never kept.
 */
export function serving(members: readonly Member[], allDown: AllDown): ReadonlySet<Member> {
  const open = members.filter(({ isOpen }) => isOpen)
  return new Set(open.length > 0 ? open : kept(members, allDown))
}

/** What the data planes are told of each member, by its id; those of which nothing is known are left out. */
export function standings(
  members: readonly Member[],
  { allDown, slowStartMs }: GroupSettings,
  now: number,
): Readonly<Record<string, Standing>> {
  const serves = serving(members, allDown)
  const told: Record<string, Standing> = {}
  for (const member of members) {
    const { isOpen, reason } = member
    const { state } = member.health
    if (state === 'unknown' && member.backAt === undefined) continue
    const backForMs = member.backAt === undefined ? Infinity : now - member.backAt
    told[member.target.id] = {
      state,
      serves: serves.has(member),
      ...(backForMs < slowStartMs && { backForMs }),
      ...(!isOpen && { reason }),
    }
  }
  return told
}

import type { AllDown, GroupSettings, HealthSettings } from './group-settings.js'
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

/** The one that has been healthy longest; of several the first of the list. */
function longestHealthy(open: readonly Member[]): readonly Member[] {
  let holder: Member | undefined
  for (const member of open)
    if (!holder || (member.healthySince ?? 0) < (holder.healthySince ?? 0)) holder = member
  return holder ? [holder] : []
}

/**
 * The members that clients are sent to: those that are open; when there is none, those that `allDown` keeps. What an
 * operator took out is never kept.
 *
 * With a role `allDown` keeps nobody, and an exclusive one is served by one member alone: the longest healthy of those that
 * claim it, for the others came by it later, and a server that returns from a failure may believe that it still has it.
 */
export function serving(
  members: readonly Member[],
  { allDown, role }: Pick<HealthSettings, 'allDown' | 'role'>,
): ReadonlySet<Member> {
  const open = members.filter(({ isOpen }) => isOpen)
  if (role?.exclusive) return new Set(longestHealthy(open))
  return new Set(open.length > 0 || role ? open : kept(members, allDown))
}

/** What the data planes are told of each member, by its id; those of which nothing is known are left out. */
export function standings(
  members: readonly Member[],
  settings: GroupSettings,
  now: number,
): Readonly<Record<string, Standing>> {
  const serves = serving(members, settings)
  const told: Record<string, Standing> = {}
  for (const member of members) {
    const { isOpen, reason } = member
    const { state } = member.health
    if (state === 'unknown' && member.backAt === undefined) continue
    const backForMs = member.backAt === undefined ? Infinity : now - member.backAt
    told[member.target.id] = {
      state,
      serves: serves.has(member),
      ...(backForMs < settings.slowStartMs && { backForMs }),
      ...(!isOpen && { reason }),
    }
  }
  return told
}

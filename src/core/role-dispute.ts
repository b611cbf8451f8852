import type { GroupSettings } from './group-settings.js'
import type { Member } from './member.js'
import { serving } from './serving.js'
import type { Target } from './target.js'

/** Several targets claim a role that one alone can have, or no longer do. */
export interface RoleDispute {
  readonly group: string
  readonly role: string
  /** In the order of the list; empty when the dispute is over. */
  readonly claimants: readonly Target[]
  /** The one of them that serves; undefined when the dispute is over. */
  readonly holder: Target | undefined
}

/** Those that claim the exclusive role of their group, when they are several. */
function claimantsOf(
  members: readonly Member[],
  { role }: GroupSettings,
): ReadonlySet<Member> | undefined {
  if (!role?.exclusive) return undefined
  const claimants = members.filter(({ isOpen }) => isOpen)
  return claimants.length > 1 ? new Set(claimants) : undefined
}

/** What people are told of a member that claims a role which others claim too; undefined when there is no such thing. */
export function claimOf(
  member: Member,
  members: readonly Member[],
  settings: GroupSettings,
): string | undefined {
  const claimants = claimantsOf(members, settings)
  if (!claimants?.has(member)) return undefined
  const [holder] = serving(members, settings)
  const { name = '' } = settings.role ?? {}
  if (member !== holder)
    return `is ${name}, but ${holder?.target.id ?? ''} has been so for longer and serves`
  const others = [...claimants].filter((each) => each !== member).map(({ target }) => target.id)
  return `is ${name} and serves, but so is ${others.join(', ')}`
}

/** Tells of each dispute over the role of one group, once per change of who is in it. */
export class DisputeWatch {
  private readonly onDispute: (dispute: RoleDispute) => void
  private told = ''

  constructor(onDispute: (dispute: RoleDispute) => void) {
    this.onDispute = onDispute
  }

  look(members: readonly Member[], settings: GroupSettings): void {
    const { name: group, role } = settings
    const claimants = [...(claimantsOf(members, settings) ?? [])]
    const [holder] = claimants.length > 0 ? serving(members, settings) : []
    const targets = claimants.map(({ target }) => target)
    const dispute = targets.map(({ id }) => id).join()
    if (dispute === this.told) return
    this.told = dispute
    this.onDispute({ group, role: role?.name ?? '', claimants: targets, holder: holder?.target })
  }
}

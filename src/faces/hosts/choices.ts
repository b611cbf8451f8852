import type { Candidate } from '../../core/candidate.js'
import { Director } from '../../core/director.js'
import type { Facts } from '../../core/facts.js'
import type { TargetState } from '../../core/health.js'
import type { Clock, Random } from '../../core/ports.js'
import type { GroupSnapshot, Snapshot } from '../../core/snapshot.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { HostsLine } from './hosts-text.js'
import type { HostsEntry } from './settings.js'

/** The address that a name has, and how it came by it. */
export interface Choice {
  readonly name: string
  readonly group: string
  /** Undefined before there was any target to choose. */
  readonly address: string | undefined
  /** Id of the target; undefined for an address that an earlier run has left. */
  readonly target: string | undefined
  /** Wall time of the last change of the address. */
  readonly sinceMs: number
  /** Why the name has this address, or none. */
  readonly reason: string
}

/** What choices need from outside. */
export interface ChoicesOptions {
  readonly clock: Clock
  readonly random: Random
  /** IP literal of this machine: algorithms that go by the client's address take it for that. */
  readonly machine: string
  /** Told of each choice that is another, or has another reason, with the one before. */
  readonly onChoice: (choice: Choice, before: Choice) => void
}

/** One group, as far as it matters to an entry. */
interface View {
  readonly snapshot: GroupSnapshot
  readonly group: TargetGroup
  readonly isChecked: boolean
}

function stateIn({ snapshot: { standings } }: View, id: string): TargetState {
  return standings?.[id]?.state ?? 'unknown'
}

/** Whether a target may be chosen: it is healthy, or nobody looks whether it is. */
function isFit(view: View, id: string): boolean {
  const state = stateIn(view, id)
  return state === 'healthy' || (state === 'unknown' && !view.isChecked)
}

/** Whether the first checks decide soon: of the target that the name has, or of all when it has none of them. */
function isPending(view: View, present: Choice): boolean {
  const { targets } = view.snapshot
  const isAwaited = (id: string): boolean => view.isChecked && stateIn(view, id) === 'unknown'
  const awaited = targets.filter(({ id }) => isAwaited(id))
  return (
    awaited.length > 0 &&
    (present.target === undefined || awaited.some(({ id }) => id === present.target))
  )
}

function whyMoved(view: View, { target }: Choice, id: string): string {
  const { settings, targets } = view.snapshot
  const chosen = `${settings.algorithm} chose ${id}`
  if (target === undefined) return chosen
  if (!targets.some((each) => each.id === target))
    return `${target} is no target any more; ${chosen}`
  if (isFit(view, target)) return `${id} serves again, and comes before ${target}`
  return `${target} is ${stateIn(view, target)}; ${chosen}`
}

/**
 * Decides which address each name has. A name stays with its target while that serves; only SEQUENTIAL goes back to one that
 * comes earlier, if the group does. While no target serves it stays as it was.
 */
export class Choices {
  private entries: readonly HostsEntry[] = []
  private readonly choices = new Map<string, Choice>()
  private readonly snapshots = new Map<string, GroupSnapshot>()
  private readonly director: Director
  private readonly facts: Facts
  private readonly options: ChoicesOptions

  constructor(options: ChoicesOptions) {
    const { clock, random, machine } = options
    this.options = options
    this.director = new Director({ clock, random, onOutcomes: () => undefined })
    this.facts = {
      clientAddress: machine,
      path: '/',
      header: () => undefined,
      cookie: () => undefined,
      takesCookies: false,
    }
  }

  /** Takes what an earlier run has left in the file: names without an address keep it until first checks have ended. */
  inherit(lines: readonly HostsLine[]): void {
    const sinceMs = this.options.clock.wallTimeMs()
    for (const { name, address } of lines) {
      const present = this.choices.get(name)
      if (present && present.address === undefined)
        this.choices.set(name, { ...present, address, sinceMs, reason: 'found in the file' })
    }
  }

  /**
   * Takes a configuration and all groups; names that are configured no more are forgotten.
   * @param found what stands in the file
   */
  apply(
    entries: readonly HostsEntry[],
    snapshot: Snapshot,
    found: readonly HostsLine[] = [],
  ): void {
    this.entries = entries
    const names = new Set(entries.map(({ hostname }) => hostname))
    for (const name of this.choices.keys()) if (!names.has(name)) this.choices.delete(name)
    for (const entry of entries) this.place(entry)
    this.inherit(found)
    this.director.apply(snapshot)
    this.snapshots.clear()
    for (const group of snapshot.groups) this.snapshots.set(group.settings.name, group)
    for (const entry of entries) this.decide(entry)
  }

  /** Takes a new view of one group. */
  update(snapshot: GroupSnapshot): void {
    const { name } = snapshot.settings
    this.director.update(snapshot)
    this.snapshots.set(name, snapshot)
    for (const entry of this.entries) if (entry.group === name) this.decide(entry)
  }

  /** What each name has, in the order of the configuration. */
  get all(): readonly Choice[] {
    return this.entries.flatMap(({ hostname }) => this.choices.get(hostname) ?? [])
  }

  /** What belongs into the file. */
  get lines(): readonly HostsLine[] {
    return this.all.flatMap(({ name, address }) => (address === undefined ? [] : { name, address }))
  }

  private place({ hostname: name, group }: HostsEntry): void {
    const sinceMs = this.options.clock.wallTimeMs()
    const fresh = { name, address: undefined, target: undefined, sinceMs, reason: 'no target yet' }
    this.choices.set(name, { ...(this.choices.get(name) ?? fresh), group })
  }

  private decide({ hostname, group: name, isChecked }: HostsEntry): void {
    const [snapshot, group] = [this.snapshots.get(name), this.director.group(name)]
    const present = this.choices.get(hostname)
    if (!snapshot || !group || !present) return
    const view = { snapshot, group, isChecked }
    if (isPending(view, present)) return
    const next = this.pick(view, present)
    const choice = next ? this.moved(view, present, next) : this.kept(view, present)
    this.choices.set(hostname, choice)
    if (choice.address !== present.address || choice.reason !== present.reason)
      this.options.onChoice(choice, present)
  }

  /** The target that the name should have; undefined when there is none that should. */
  private pick(view: View, present: Choice): Candidate['target'] | undefined {
    const { algorithm } = view.snapshot.settings
    const own = view.snapshot.targets.find(({ id, address }) =>
      present.target === undefined ? address === present.address : id === present.target,
    )
    if (algorithm !== 'SEQUENTIAL' && own && isFit(view, own.id)) return own
    const order = view.group.order(this.facts)
    let first: Candidate | undefined
    for (let next = order.next(); next; next = order.next()) {
      if (isFit(view, next.target.id)) return next.target
      first ??= next
    }
    // Nobody is well, but some serve nevertheless, for the group wants it so: better than no address at all.
    return present.address === undefined ? first?.target : undefined
  }

  private moved(view: View, present: Choice, { id, address }: Candidate['target']): Choice {
    const isSame = address === present.address
    if (isSame && id === present.target && !present.reason.startsWith('kept')) return present
    return {
      ...present,
      address,
      target: id,
      sinceMs: isSame ? present.sinceMs : this.options.clock.wallTimeMs(),
      reason: isSame ? `${id} serves` : whyMoved(view, present, id),
    }
  }

  private kept({ group }: View, present: Choice): Choice {
    const none = `no target of ${group.settings.name} serves`
    return { ...present, reason: present.address === undefined ? none : `kept, for ${none}` }
  }
}

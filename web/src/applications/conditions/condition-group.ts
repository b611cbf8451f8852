import type { Condition, Junction } from '../../../../src/model/document.js'

/**
 * Conditions that stand together on the screen. The model joins two at a time; a chain of one kind that leans to the left is
 * shown as one group, so that what is shown and what is stored say the same. `xor` is not: "exactly one of" is not a chain of it.
 */
export interface ConditionGroup {
  readonly kind: Junction['kind']
  readonly members: readonly Condition[]
}

/** Whether a condition joins others. */
export function isJunction(condition: Condition): condition is Junction {
  return 'of' in condition
}

/** A junction as the group that is shown for it. */
export function groupOf({ kind, of: [left, right] }: Junction): ConditionGroup {
  const goesOn = kind !== 'xor' && isJunction(left) && left.kind === kind
  return { kind, members: goesOn ? [...groupOf(left).members, right] : [left, right] }
}

/** Where a member stands below the junction that its group is stored as: `/of/0/of/1`. */
export function memberPointer(index: number, count: number): string {
  const steps = index === 0 ? count - 1 : count - 1 - index
  return '/of/0'.repeat(steps) + (index === 0 ? '' : '/of/1')
}

/** What a group is stored as; one member alone stands for itself, and nothing is left of a group without any. */
export function joined({ kind, members }: ConditionGroup): Condition | undefined {
  const [first, ...others] = members
  if (!first) return undefined
  return others.reduce<Condition>((left, right) => ({ kind, of: [left, right] }), first)
}

/** How many members a group of a kind may have. */
export function mostMembers(kind: Junction['kind']): number {
  return kind === 'xor' ? 2 : Infinity
}

/** A list with another entry in the place of one, or without it. */
export function replaced<Item>(
  items: readonly Item[],
  index: number,
  item: Item | undefined,
): readonly Item[] {
  return items.flatMap((each, at) => {
    if (at !== index) return [each]
    return item === undefined ? [] : [item]
  })
}

/** A list with one entry moved by some places; the same when it would leave the list. */
export function moved<Item>(items: readonly Item[], index: number, by: number): readonly Item[] {
  const to = index + by
  const item = items[index]
  if (item === undefined || to < 0 || to >= items.length) return items
  return items.toSpliced(index, 1).toSpliced(to, 0, item)
}

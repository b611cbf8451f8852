import type { Findings } from './problem.js'
import { isGiven, readVariables, type Reading, type Variables } from './variable.js'

/** Variables that come once for each number: `<prefix><N>_<member>`. */
export interface Family<V extends Variables = Variables> {
  readonly prefix: string
  readonly members: V
}

/** One number of a family, as read. */
export interface FamilyMember<V extends Variables> extends Reading<V> {
  readonly number: number
  /** What stands before its variables' names: `TARGET_GROUP_1_`. */
  readonly prefix: string
}

/**
 * The number and the member that a name stands for.
 * @returns undefined when the name is not of this family, or its number is not one from 1 to 999999 without leading zeros
 */
export function splitName(
  { prefix }: Family,
  name: string,
): { number: number; member: string } | undefined {
  if (!name.startsWith(prefix)) return undefined
  const [, number, member = ''] = /^([1-9]\d{0,5})_(.+)$/.exec(name.slice(prefix.length)) ?? []
  return number === undefined ? undefined : { number: Number(number), member }
}

function numbersOf(family: Family, environment: NodeJS.ProcessEnv): readonly number[] {
  const numbers = new Set<number>()
  for (const [name, text] of Object.entries(environment)) {
    const split = splitName(family, name)
    if (split && isGiven(family.members[split.member], text)) numbers.add(split.number)
  }
  return [...numbers].sort((a, b) => a - b)
}

/** Reads every number of a family that has a variable set, in ascending order. */
export function readFamily<V extends Variables>(
  family: Family<V>,
  environment: NodeJS.ProcessEnv,
  findings: Findings,
): readonly FamilyMember<V>[] {
  return numbersOf(family, environment).map((number) => {
    const prefix = `${family.prefix}${number}_`
    return { number, prefix, ...readVariables(family.members, environment, findings, prefix) }
  })
}

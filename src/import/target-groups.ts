import { parseTarget, repeatedTargets, targetSpecs } from '../config/target-list.js'
import type { TargetSpec } from '../core/target.js'
import type { EnvironmentFile } from './environment-file.js'
import type { Field } from './field.js'
import type { Place } from './report.js'

/** One variable of a group, without what its name begins with, and where its value comes from. */
export interface Setting {
  readonly member: string
  readonly value: string | number | boolean
  readonly place: Place
  /** What the reader of the file should know of it. */
  readonly note?: string
  /** It is better kept elsewhere. */
  readonly isSecret?: true
}

/** A target as the environment writes it, and where it comes from. */
export interface ImportedTarget {
  readonly text: string
  readonly field: Field
}

/** A target group, ready to be written. */
export interface ImportedGroup {
  /** Unique, and as `groupName` makes it. */
  readonly name: string
  readonly place: Place
  readonly targets: readonly ImportedTarget[]
  readonly settings: readonly Setting[]
}

const LONGEST_NAME = 64
const ROOM_FOR_NUMBER = 7

/** A name for a group, as like another system's name as the rules allow, and not among `taken`. */
export function groupName(name: string, taken: ReadonlySet<string>): string {
  const allowed = name.replace(/[^\w.-]+/g, '-').replace(/^-|-$/g, '')
  const base = allowed.slice(0, LONGEST_NAME) || 'group'
  let unique = base
  for (let n = 2; taken.has(unique); n++)
    unique = `${base.slice(0, LONGEST_NAME - ROOM_FOR_NUMBER)}-${n}`
  return unique
}

/** A host as it stands in a list of targets. */
export function targetHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

/** The targets that a group can have; the others are reported. */
export function usableTargets(targets: readonly ImportedTarget[]): readonly ImportedTarget[] {
  const parsed: TargetSpec[] = []
  return targets.filter(({ text, field }) => {
    try {
      const all = targetSpecs([...parsed, parseTarget(text)], 'http')
      if (repeatedTargets(all).length > 0)
        field.lost('stands here for the second time, and a group has each target once')
      else return parsed.push(...all.slice(-1))
    } catch (error) {
      field.lost(`is no target: ${error instanceof Error ? error.message : String(error)}`)
    }
    return false
  })
}

/** Writes the variables of a group: `TARGET_GROUP_<N>_…`. */
export function writeGroup(file: EnvironmentFile, number: number, group: ImportedGroup): void {
  const prefix = `TARGET_GROUP_${number}_`
  file.set(`${prefix}NAME`, group.name, group.place)
  if (group.targets.length > 0)
    file.set(`${prefix}TARGETS`, group.targets.map(({ text }) => text).join(', '), group.place)
  for (const { member, value, place, note, isSecret } of group.settings) {
    const name = prefix + member
    if (note !== undefined) file.comment(note)
    if (isSecret) file.comment(`A secret is better kept in a file that ${name}_FILE names.`)
    file.set(name, value, place)
  }
}

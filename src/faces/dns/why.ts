import type { Algorithm } from '../../core/balancers/registry.js'
import type { Role } from '../../core/group-settings.js'
import type { Standing } from '../../core/snapshot.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { Target } from '../../core/target.js'
import type { Family, SteeredName } from './steered-name.js'

/** What makes a target come first. */
const REASONS: Readonly<Record<Algorithm, string>> = {
  ROUND_ROBIN: 'each answer begins one target further',
  WEIGHTED: 'targets take turns, each as often as it weighs',
  STICKY: "the same client's address finds the same target",
  LRT: 'the quicker one of two drawn at random',
  LEAST_REQUESTS: 'the one with the fewest requests under way here',
  RANDOM: 'drawn at random',
  SEQUENTIAL: 'the first of the list that serves',
  CONSISTENT_HASH: "the same client's address finds the same target",
}

const TYPE_OF: Readonly<Record<Family, string>> = { 4: 'A', 6: 'AAAA' }

/** Why a target that is well, as far as anybody knows, is left out all the same. */
function roleText(standing: Standing | undefined, { name }: Role): string {
  return standing ? `another target is the ${name}` : `it has not proved to be ${name}`
}

function lineOf({ id, weight }: Target, group: TargetGroup, serves: boolean): string {
  const standing = group.standing(id)
  const { role } = group.settings
  const isOpen = standing?.reason === undefined
  const reason = isOpen && !serves && role ? roleText(standing, role) : standing?.reason
  const outcome = serves ? (isOpen ? 'serves' : 'serves for no other does') : 'left out'
  const because = reason ? `: ${reason}` : ''
  return `${id} (weight ${weight}): ${standing?.state ?? 'not checked yet'}, ${outcome}${because}`
}

function* lastAnswers({ last }: SteeredName): Iterable<string> {
  for (const family of [4, 6] as const) {
    const chosen = last[family]
    if (chosen) yield `the last ${TYPE_OF[family]} answer began with ${chosen.target.id}`
  }
}

/** Says in words what a name is answered with, and why: how the group chooses, what it chose last, and how every target is. */
export function explain(name: SteeredName, group: TargetGroup): readonly string[] {
  const { settings, targets, size } = group
  const serving = new Set(group.serving.map(({ target }) => target.id))
  const { answers } = name.record
  const many = answers === 0 ? 'all' : `${answers}`
  return [
    `${name.record.name}: ${many} of the targets of ${settings.name}, of which ${size} of ${targets.length} serve`,
    `${settings.algorithm}: ${REASONS[settings.algorithm]}`,
    ...lastAnswers(name),
    ...targets.map((target) => lineOf(target, group, serving.has(target.id))),
  ]
}

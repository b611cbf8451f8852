import type { Algorithm } from '../../core/balancers/registry.js'
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

function standingText(standing: Standing | undefined): string {
  if (!standing) return 'not checked yet, serves'
  const { state, serves, reason } = standing
  const why = reason ? `: ${reason}` : ''
  if (state === 'healthy' || state === 'unknown') return serves ? `${state}, serves` : state
  return serves ? `${state}, serves for no other does${why}` : `${state}, left out${why}`
}

function lineOf({ id, weight }: Target, standing: Standing | undefined): string {
  return `${id} (weight ${weight}): ${standingText(standing)}`
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
  const { answers } = name.record
  const many = answers === 0 ? 'all' : `${answers}`
  return [
    `${name.record.name}: ${many} of the targets of ${settings.name}, of which ${size} of ${targets.length} serve`,
    `${settings.algorithm}: ${REASONS[settings.algorithm]}`,
    ...lastAnswers(name),
    ...targets.map((target) => lineOf(target, group.standing(target.id))),
  ]
}

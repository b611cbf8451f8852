import type { Metric, Sample } from '../exposition.js'
import type { Observed, ObservedGroup } from '../observed.js'

function ofGroups(read: (group: ObservedGroup) => number): Metric<Observed>['samples'] {
  return ({ groups }) => groups.map((group): Sample => [[group.name], read(group)])
}

function* checks({ totals }: Observed): Iterable<Sample> {
  for (const [group, { checksPassed, checksFailed }] of totals.groups()) {
    if (checksPassed.seconds + checksFailed.seconds === 0) continue
    yield [[group, 'passed'], checksPassed]
    yield [[group, 'failed'], checksFailed]
  }
}

function* roleClaims({ groups }: Observed): Iterable<Sample> {
  for (const { name, role, targets } of groups)
    if (role?.exclusive)
      yield [[name, role.name], targets.filter(({ state }) => state === 'healthy').length]
}

function* sourceAges({ groups }: Observed): Iterable<Sample> {
  for (const { name, source } of groups)
    if (source.ageMs !== undefined) yield [[name], source.ageMs / 1000]
}

/** Groups, their checks and their sources. */
export const GROUP_METRICS: readonly Metric<Observed>[] = [
  {
    name: 'pointsman_group_targets',
    type: 'gauge',
    labels: ['group'],
    help: 'Targets of a group.',
    samples: ofGroups(({ targets }) => targets.length),
  },
  {
    name: 'pointsman_group_serving_targets',
    type: 'gauge',
    labels: ['group'],
    help: 'Targets of a group that clients are sent to.',
    samples: ofGroups(({ targets }) => targets.filter(({ serves }) => serves).length),
  },
  {
    name: 'pointsman_group_role_claims',
    type: 'gauge',
    labels: ['group', 'role'],
    help: 'Targets that claim the role of a group whose role only one can have; more than 1 is an alarm.',
    samples: roleClaims,
  },
  {
    name: 'pointsman_check_duration_seconds',
    type: 'histogram',
    labels: ['group', 'result'],
    help: 'Time that health checks took, by how they ended.',
    samples: checks,
  },
  {
    name: 'pointsman_source_age_seconds',
    type: 'gauge',
    labels: ['group'],
    help: 'For how long the source of a group has been lost; 0 while it is live, absent before its first list.',
    samples: sourceAges,
  },
]

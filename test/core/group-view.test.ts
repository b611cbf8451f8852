import { test } from 'tap'
import type { Candidate } from '../../src/core/candidate.js'
import { Director } from '../../src/core/director.js'
import type { GroupView } from '../../src/core/group-view.js'
import type { GroupSettings } from '../../src/core/group-settings.js'
import type { TargetGroup } from '../../src/core/target-group.js'
import { ManualClock, seeded } from '../support/clock.js'
import { factsOf, groupSettings, targetNamed } from '../support/groups.js'

const NAMES = ['a1', 'b1', 'a2', 'b2', 'a3']

class Group {
  private readonly director = new Director({
    clock: new ManualClock(),
    random: seeded(1),
    onOutcomes: () => undefined,
  })

  /** Takes the targets, of which those in `down` do not serve. */
  take(down: readonly string[] = [], settings: Partial<GroupSettings> = {}): TargetGroup {
    const targets = NAMES.map((name) => targetNamed(name))
    const standings = Object.fromEntries(
      down.map((name) => [`http://${name}:80`, { state: 'unhealthy', serves: false } as const]),
    )
    this.director.apply({ groups: [{ settings: groupSettings(settings), targets, standings }] })
    const group = this.director.group('web')
    if (!group) throw new Error('there is no group')
    return group
  }
}

function beginningWith(letter: string) {
  return (candidates: readonly Candidate[]): readonly Candidate[] =>
    candidates.filter(({ target }) => target.host.startsWith(letter))
}

/** The first of so many orders. */
function firsts(view: Pick<GroupView, 'order'>, count: number): readonly (string | undefined)[] {
  return Array.from({ length: count }, () => view.order(factsOf({})).next()?.target.host)
}

test('Views take turns of their own, each among the targets it selects', (t) => {
  const group = new Group().take()
  const [a, b] = [group.view(beginningWith('a')), group.view(beginningWith('b'))]
  t.same(firsts(a, 4), ['a1', 'a2', 'a3', 'a1'])
  t.same(firsts(b, 3), ['b1', 'b2', 'b1'])
  t.same(firsts(group, 2), ['a1', 'b1'])
  t.same(firsts(a, 2), ['a2', 'a3'])
  t.end()
})

test('A target that does not serve leaves every view, and comes back to it', (t) => {
  const known = new Group()
  const view = known.take().view(beginningWith('a'))
  t.same(firsts(view, 1), ['a1'])
  known.take(['a2', 'b1'])
  t.same(firsts(view, 4), ['a3', 'a1', 'a3', 'a1'])
  known.take(['a1', 'a2', 'a3'])
  t.same(firsts(view, 1), [undefined])
  known.take()
  t.same(new Set(firsts(view, 3)), new Set(['a1', 'a2', 'a3']))
  t.end()
})

test('What a view selects is asked for once for each change', (t) => {
  const known = new Group()
  let asked = 0
  const view = known.take().view((candidates) => {
    asked++
    return candidates
  })
  firsts(view, 10)
  known.take()
  firsts(view, 10)
  t.equal(asked, 1)
  known.take(['a1'])
  firsts(view, 10)
  t.equal(asked, 2)
  t.end()
})

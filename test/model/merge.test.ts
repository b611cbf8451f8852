import { test } from 'tap'
import { diffLists, diffModels } from '../../src/model/diff.js'
import type { ApplicationModel, NamespacedList } from '../../src/model/document.js'
import { mergeLists, mergeModels } from '../../src/model/merge.js'
import { RandomModels } from '../support/random-model.js'
import { pick, seeded } from '../support/seeded.js'
import { modelWith, RULE, withSlices, type Parts } from './parts.js'

function ruleNamed(id: string, value = 'box2'): Parts {
  return { ...RULE, id, conditions: [{ kind: 'equals', parameter: 'a', value }] }
}

const [a, b, c, x, y] = ['a', 'b', 'c', 'x', 'y'].map((id) => ruleNamed(id))
const [a2, a3] = [ruleNamed('a', '2'), ruleNamed('a', '3')]

interface Case {
  readonly name: string
  readonly base: Parts
  readonly ours: Parts
  readonly theirs: Parts
  readonly merged: Parts
  readonly conflicts?: readonly string[]
}

const CASES: readonly Case[] = [
  {
    name: 'Changes of different rules are both there',
    ...{ base: { rules: [a, b] }, ours: { rules: [a2, b] }, theirs: { rules: [a, b, x] } },
    merged: { rules: [a2, b, x] },
  },
  {
    name: 'What both added at one place stands there',
    ...{ base: { rules: [a, b] }, ours: { rules: [a, x, b] }, theirs: { rules: [a, y, b] } },
    merged: { rules: [a, y, x, b] },
  },
  {
    name: 'A removal and a change of another rule are both there',
    ...{ base: { rules: [a, b] }, ours: { rules: [b] }, theirs: { rules: [a, c, b] } },
    merged: { rules: [c, b] },
  },
  {
    name: 'An order is kept that one side changed',
    ...{ base: { rules: [a, b, c] }, ours: { rules: [a2, b, c, x] }, theirs: { rules: [c, a, b] } },
    merged: { rules: [c, x, a2, b] },
  },
  {
    name: 'The same change of both is one',
    ...{ base: { rules: [a] }, ours: { rules: [a2, x] }, theirs: { rules: [a2, x] } },
    merged: { rules: [a2, x] },
  },
  {
    name: 'Two changes of one rule are a conflict, and ours stands',
    ...{ base: { rules: [a] }, ours: { rules: [a2] }, theirs: { rules: [a3] } },
    merged: { rules: [a2] },
    conflicts: ['rule a'],
  },
  {
    name: 'A removal and a change of one rule are a conflict',
    ...{ base: { rules: [a, b] }, ours: { rules: [b] }, theirs: { rules: [a2, b] } },
    merged: { rules: [b] },
    conflicts: ['rule a'],
  },
  {
    name: 'Two additions by one name are a conflict unless they are the same',
    ...{ base: {}, ours: withSlices([1, '1']), theirs: withSlices([2, '1']) },
    merged: withSlices([1, '1']),
    conflicts: ['slice 0'],
  },
  {
    name: 'Two new orders are a conflict',
    base: { rules: [a, b, c] },
    ours: { rules: [b, a, c] },
    theirs: { rules: [a, c, b] },
    merged: { rules: [b, a, c] },
    conflicts: ['order of rules'],
  },
  {
    name: 'Stacks are added and removed one by one',
    base: { whitelist: ['/A/A', '/B/B'] },
    ours: { whitelist: ['/B/B', '/C/C'] },
    theirs: { whitelist: ['/A/A', '/B/B', '/D/D'] },
    merged: { whitelist: ['/B/B', '/D/D', '/C/C'] },
  },
  {
    name: 'Settings are merged one by one',
    base: { settings: { minimumHosts: 1 } },
    ours: { settings: { minimumHosts: 2, maximumDeviation: 5 } },
    theirs: { settings: { minimumHosts: 3, missingMatches: false } },
    merged: { settings: { minimumHosts: 2, maximumDeviation: 5, missingMatches: false } },
    conflicts: ['settings / minimumHosts'],
  },
]

for (const { name, base, ours, theirs, merged, conflicts = [] } of CASES)
  test(name, (t) => {
    const found = mergeModels(modelWith(base), modelWith(ours), modelWith(theirs))
    t.same(
      found.conflicts.map(({ what }) => what),
      conflicts,
    )
    t.same(diffModels(modelWith(merged), found.content), [])
    t.end()
  })

test('An application that one side removed and the other changed is a conflict', (t) => {
  const [base, changed] = [modelWith({ rules: [a] }), modelWith({ rules: [a2] })]
  t.same(mergeModels(base, undefined, base), { content: undefined, conflicts: [] })
  t.same(mergeModels(base, base, undefined), { content: undefined, conflicts: [] })
  t.match(mergeModels(base, undefined, changed), { conflicts: [{ what: 'the application' }] })
  t.match(mergeModels(base, changed, undefined), { content: changed, conflicts: [{}] })
  t.same(mergeModels(undefined, changed, changed).conflicts, [])
  const both = mergeModels(undefined, modelWith({ rules: [a, x] }), modelWith({ rules: [a2, y] }))
  t.same(
    both.conflicts.map(({ what }) => what),
    ['rule a'],
  )
  t.same(
    both.content?.rules.map(({ id }) => id),
    ['a', 'y', 'x'],
  )
  t.end()
})

/** Two edits of a model, each with its own half of what there is. */
function disjointEdits(base: ApplicationModel, other: ApplicationModel) {
  const ours: ApplicationModel = {
    ...base,
    rules: base.rules.slice(1),
    defaultServer: other.defaultServer,
    templates: [...base.templates, { id: 'ours', conditions: [] }],
  }
  const theirs: ApplicationModel = {
    ...base,
    urlRules: [...base.urlRules].reverse(),
    settings: other.settings,
    urlDefaults: other.urlDefaults,
    whitelist: [...base.whitelist, '/NEW/ONE'],
  }
  return { ours, theirs }
}

test('Merging loses nothing: what one side alone changed is there, whatever the models are', (t) => {
  const models = new RandomModels(11)
  for (let times = 0; times < 200; times++) {
    const [base, other] = [models.model(), models.model()]
    const { ours, theirs } = disjointEdits(base, other)
    const { content, conflicts } = mergeModels(base, ours, theirs)
    t.same(conflicts, [])
    const expected = { ...theirs, rules: ours.rules, templates: ours.templates }
    t.same(diffModels({ ...expected, defaultServer: ours.defaultServer }, content), [])
    t.same(diffModels(other, mergeModels(base, other, base).content), [])
    t.same(diffModels(other, mergeModels(base, base, other).content), [])
    t.same(mergeModels(base, other, other).conflicts, [])
  }
  t.end()
})

test('Conflicts are the same from either side, and what is no conflict of theirs is there', (t) => {
  const models = new RandomModels(12)
  for (let times = 0; times < 200; times++) {
    const [base, ours, theirs] = [models.model(), models.model(), models.model()]
    const [one, other] = [mergeModels(base, ours, theirs), mergeModels(base, theirs, ours)]
    const shown = one.conflicts.map(({ what, ours, theirs }) => ({ what, ours, theirs }))
    const mirrored = other.conflicts.map((each) => {
      return { what: each.what, ours: each.theirs, theirs: each.ours }
    })
    const byWhat = (p: { what: string }, q: { what: string }): number => (p.what < q.what ? -1 : 1)
    t.same(shown.sort(byWhat), mirrored.sort(byWhat))
    const disputed = new Set(shown.map(({ what }) => what))
    const lost = diffModels(base, theirs).filter(
      ({ what, kind }) => kind !== 'moved' && !disputed.has(what),
    )
    const left = new Set(diffModels(theirs, one.content).map(({ what }) => what))
    const changedByUs = new Set(diffModels(base, ours).map(({ what }) => what))
    t.same(
      lost.filter(({ what }) => left.has(what) && !changedByUs.has(what)),
      [],
    )
  }
  t.end()
})

function listOf(name: string, values: readonly string[], description = ''): NamespacedList {
  return { name, description, type: 'text', values }
}

test('Lists are merged value by value', (t) => {
  const random = seeded(3)
  const alphabet = Array.from({ length: 30 }, (_, n) => `v${n}`)
  const some = (): readonly string[] => [
    ...new Set(Array.from({ length: 12 }, () => pick(random, alphabet))),
  ]
  for (let times = 0; times < 200; times++) {
    const [base, ours, theirs] = [some(), some(), some()]
    const merged = mergeLists([listOf('l', base)], [listOf('l', ours)], [listOf('l', theirs)])
    const expected = alphabet.filter((value) =>
      base.includes(value)
        ? ours.includes(value) && theirs.includes(value)
        : ours.includes(value) || theirs.includes(value),
    )
    t.same(merged.conflicts, [])
    t.same(diffLists(merged.content, [listOf('l', expected)]), [])
  }
  t.end()
})

test('Lists that one side removed and the other changed, and two descriptions, are conflicts', (t) => {
  const [base, changed] = [listOf('l', ['a']), listOf('l', ['a', 'b'])]
  t.match(mergeLists([base], [], [changed]), { content: [], conflicts: [{ what: 'list l' }] })
  t.same(mergeLists([base], [], [base]), { content: [], conflicts: [] })
  const described = mergeLists([base], [listOf('l', ['a'], 'x')], [listOf('l', [], 'y')])
  t.match(described, {
    content: [{ description: 'x', values: [] }],
    conflicts: [{ path: '/l/description', what: 'list l / description', ours: 'x', theirs: 'y' }],
  })
  const [one, two] = [listOf('m', ['1']), listOf('n', ['2'])]
  t.same(mergeLists([], [one], [two]).content, [one, two])
  t.end()
})

import { test } from 'tap'
import type { ApplicationModel, NamespacedList } from '../../../src/model/document.js'
import { LISTS, MODEL } from '../../../web/src/applications/draft/document-kind.js'
import { Workspace, type DraftKeeper } from '../../../web/src/applications/draft/workspace.js'

function modelWith(minimumHosts: number, ...rules: readonly string[]): ApplicationModel {
  return MODEL.read({
    rules: rules.map((id) => ({
      id,
      conditions: [{ kind: 'isEmpty', parameter: id }],
      then: { server: { path: '2.0' } },
    })),
    defaultServer: { path: '1.0' },
    whitelist: ['/DC1/Z1'],
    settings: { minimumHosts },
  })
}

/** Keeps what IndexedDB would: copies. */
class MemoryKeeper implements DraftKeeper {
  readonly kept = new Map<string, unknown>()

  load(subject: string): Promise<unknown> {
    return Promise.resolve(structuredClone(this.kept.get(subject)))
  }

  replace(
    subject: string,
    draft: { readonly edition: string } | undefined,
    edition: string | undefined,
  ): Promise<{ readonly other: unknown } | undefined> {
    const other = this.kept.get(subject) as typeof draft
    if (other?.edition !== edition) return Promise.resolve({ other: structuredClone(other) })
    if (draft) this.kept.set(subject, structuredClone(draft))
    else this.kept.delete(subject)
    return Promise.resolve(undefined)
  }
}

function workspaceOn(content: ApplicationModel, keeper = new MemoryKeeper()) {
  const workspace = new Workspace('application:shop', MODEL, keeper)
  workspace.take({ version: 1, content })
  return { workspace, keeper }
}

function idsOf(workspace: Workspace<ApplicationModel>): readonly string[] {
  return workspace.content.value?.rules.map(({ id }) => id) ?? []
}

function withoutRule(id: string) {
  return (model: ApplicationModel): ApplicationModel => ({
    ...model,
    rules: model.rules.filter((rule) => rule.id !== id),
  })
}

function withHosts(minimumHosts: number) {
  return (model: ApplicationModel): ApplicationModel => ({
    ...model,
    settings: { ...model.settings, minimumHosts },
  })
}

test('An edit begins a draft, which is told as differences, taken back and discarded', (t) => {
  const { workspace } = workspaceOn(modelWith(1, 'a', 'b'))
  t.equal(workspace.draft.value, undefined)
  workspace.edit(withoutRule('a'))
  t.same(idsOf(workspace), ['b'])
  t.same(
    workspace.differences.value.map(({ what, kind }) => `${what} ${kind}`),
    ['rule a removed'],
  )
  workspace.undo()
  t.same(idsOf(workspace), ['a', 'b'])
  workspace.redo()
  const takeBack = workspace.discard()
  t.same(idsOf(workspace), ['a', 'b'])
  takeBack()
  t.same(idsOf(workspace), ['b'])
  t.end()
})

test('A draft outlives the page, with its steps', async (t) => {
  const { workspace, keeper } = workspaceOn(modelWith(1, 'a', 'b'))
  workspace.edit(withoutRule('a'))
  workspace.edit(withHosts(7))
  await workspace.settled()
  const later = new Workspace('application:shop', MODEL, keeper)
  await later.restore()
  t.same(idsOf(later), ['b'])
  t.equal(later.content.value?.settings.minimumHosts, 7)
  later.undo()
  t.equal(later.content.value?.settings.minimumHosts, 1)
  later.discard()
  await later.settled()
  t.equal(keeper.kept.size, 0)
})

test('What others change elsewhere is merged with the draft', (t) => {
  const { workspace } = workspaceOn(modelWith(1, 'a', 'b'))
  workspace.edit(withoutRule('a'))
  t.equal(workspace.take({ version: 2, content: modelWith(5, 'a', 'b', 'c') }), 'merged')
  t.same(idsOf(workspace), ['b', 'c'])
  t.equal(workspace.content.value?.settings.minimumHosts, 5)
  t.equal(workspace.draft.value?.base.version, 2)
  t.same(
    workspace.differences.value.map(({ what }) => what),
    ['rule a'],
  )
  t.equal(workspace.take({ version: 2, content: modelWith(5, 'a', 'b', 'c') }), 'nothing')
  t.end()
})

test('A draft that others have stored word for word ends', (t) => {
  const { workspace } = workspaceOn(modelWith(1, 'a', 'b'))
  workspace.edit(withoutRule('a'))
  t.equal(workspace.take({ version: 2, content: modelWith(1, 'b') }), 'the same')
  t.equal(workspace.draft.value, undefined)
  t.end()
})

const CONFLICTS = [
  { side: 'ours', hosts: 3 },
  { side: 'theirs', hosts: 9 },
] as const

for (const { side, hosts } of CONFLICTS)
  test(`A setting that both have changed is a conflict, which goes the way of ${side}`, (t) => {
    const { workspace } = workspaceOn(modelWith(1, 'a'))
    workspace.edit(withHosts(3))
    workspace.edit(withoutRule('a'))
    t.equal(workspace.take({ version: 2, content: modelWith(9, 'a', 'b') }), 'conflict')
    t.equal(workspace.content.value?.settings.minimumHosts, 3, 'until it is decided')
    const [conflict, ...others] = workspace.draft.value?.conflicts ?? []
    t.same(others, [])
    if (!conflict) throw new Error('no conflict')
    t.equal(conflict.what, 'settings / minimumHosts')
    workspace.decide(conflict, side)
    t.same(workspace.draft.value?.conflicts, [])
    t.equal(workspace.content.value?.settings.minimumHosts, hosts)
    t.same(idsOf(workspace), ['b'], 'everything else is merged')
    t.end()
  })

test('Rules that one removes and the other changes go either way', (t) => {
  const theirs = MODEL.read({
    ...(MODEL.write(modelWith(1, 'a', 'b')) as object),
    rules: [
      {
        id: 'a',
        conditions: [{ kind: 'isEmpty', parameter: 'x' }],
        then: { server: { path: '3' } },
      },
    ],
  })
  const { workspace } = workspaceOn(modelWith(1, 'a', 'b'))
  workspace.edit(withoutRule('a'))
  workspace.edit((model) => ({
    ...model,
    rules: model.rules.map((rule) => ({
      ...rule,
      conditions: [...rule.conditions, ...rule.conditions],
    })),
  }))
  workspace.take({ version: 2, content: theirs })
  const conflicts = workspace.draft.value?.conflicts ?? []
  t.same(conflicts.map(({ what }) => what).sort(), ['rule a', 'rule b'])
  for (const conflict of conflicts) workspace.decide(conflict, 'theirs')
  t.same(workspace.content.value?.rules, theirs.rules)
  t.end()
})

test('The order of rules goes the way of theirs, as well', (t) => {
  const { workspace } = workspaceOn(modelWith(1, 'a', 'b', 'c'))
  workspace.edit((model) => ({ ...model, rules: modelWith(1, 'c', 'a', 'b', 'mine').rules }))
  workspace.take({ version: 2, content: modelWith(1, 'b', 'c', 'a') })
  const [conflict] = workspace.draft.value?.conflicts ?? []
  if (!conflict) throw new Error('no conflict')
  t.equal(conflict.what, 'order of rules')
  workspace.decide(conflict, 'theirs')
  t.same(
    idsOf(workspace).filter((id) => id !== 'mine'),
    ['b', 'c', 'a'],
  )
  t.ok(idsOf(workspace).includes('mine'))
  t.end()
})

test('What an open change proposes is amended upon what is stored by now', (t) => {
  const { workspace } = workspaceOn(modelWith(1, 'a'))
  workspace.take({ version: 2, content: modelWith(5, 'a') })
  const amends = { id: '1-a', revision: 1, title: 'More rules' }
  workspace.amend({ version: 1, content: modelWith(1, 'a') }, modelWith(1, 'a', 'b'), amends)
  t.same(idsOf(workspace), ['a', 'b'])
  t.equal(workspace.content.value?.settings.minimumHosts, 5)
  t.equal(workspace.draft.value?.base.version, 2)
  t.same(workspace.draft.value?.amends, amends)
  t.end()
})

test('A model that was never stored is edited and kept like others', async (t) => {
  const keeper = new MemoryKeeper()
  const workspace = new Workspace('application:new', MODEL, keeper)
  workspace.create(modelWith(1))
  workspace.edit(withHosts(2))
  await workspace.settled()
  t.equal(workspace.base.value, undefined)
  t.ok(workspace.differences.value.length > 0)
  t.equal(keeper.kept.size, 1)
})

function list(name: string, ...values: readonly string[]): NamespacedList {
  return { name, description: '', type: 'text', values }
}

test('Of lists those that change are proposed, and null for those that go', (t) => {
  const before = [list('kept', 'a'), list('changed', 'a'), list('gone', 'a')]
  const after = [list('kept', 'a'), list('changed', 'a', 'b'), list('new', 'c')]
  t.same(LISTS.proposed(before, after), {
    changed: { name: 'changed', values: ['a', 'b'] },
    gone: null,
    new: { name: 'new', values: ['c'] },
  })
  t.end()
})

test('A description of a list that both have changed goes either way', (t) => {
  const workspace = new Workspace('lists', LISTS, new MemoryKeeper())
  const described = (description: string): readonly NamespacedList[] => [
    { ...list('labs', 'a'), description },
  ]
  workspace.take({ version: 1, content: described('') })
  workspace.edit(() => described('mine'))
  workspace.take({ version: 2, content: described('theirs') })
  const [conflict] = workspace.draft.value?.conflicts ?? []
  if (!conflict) throw new Error('no conflict')
  workspace.decide(conflict, 'theirs')
  t.same(workspace.content.value, described('theirs'))
  t.end()
})

/** Two windows of one browser that edit the same draft, with two rules in what is stored. */
async function twoWindows() {
  const { workspace: one, keeper } = workspaceOn(modelWith(1, 'a', 'b', 'c'))
  one.edit(withoutRule('a'))
  await one.settled()
  const { workspace: other } = workspaceOn(modelWith(1, 'a', 'b', 'c'), keeper)
  await other.restore()
  return { one, other, keeper }
}

test('What two windows edit before they hear of one another is joined, and each can be taken back', async (t) => {
  const { one, other } = await twoWindows()
  one.edit(withoutRule('b'))
  other.edit(withHosts(3))
  other.edit(withHosts(4))
  await Promise.all([one.settled(), other.settled()])
  await one.restore()
  for (const each of [one, other]) {
    t.same(idsOf(each), ['c'])
    t.equal(each.content.value?.settings.minimumHosts, 4)
    t.same(each.draft.value?.conflicts, [])
  }
  one.undo()
  t.equal(one.content.value?.settings.minimumHosts, 1)
  one.undo()
  t.same(idsOf(one), ['b', 'c'])
  await one.settled()
  await other.restore()
  t.same(idsOf(other), ['b', 'c'])
})

test('Where two windows edit the same, it is to be decided', async (t) => {
  const { one, other } = await twoWindows()
  one.edit(withHosts(3))
  other.edit(withHosts(4))
  await Promise.all([one.settled(), other.settled()])
  await one.restore()
  const [conflict, ...more] = one.draft.value?.conflicts ?? []
  t.match(conflict, { ours: 4, theirs: 3 })
  t.same(more, [])
  if (conflict) one.decide(conflict, 'theirs')
  await one.settled()
  await other.restore()
  t.equal(other.content.value?.settings.minimumHosts, 3)
  t.same(other.draft.value?.conflicts, [])
})

test('What one window edits while the other ends the draft is not lost', async (t) => {
  const { one, other, keeper } = await twoWindows()
  one.discard()
  await one.settled()
  other.edit(withHosts(3))
  await other.settled()
  t.same(idsOf(other), ['b', 'c'])
  await one.restore()
  t.equal(one.content.value?.settings.minimumHosts, 3)
  one.edit(withHosts(4))
  await one.settled()
  other.discard()
  await other.settled()
  t.equal(other.content.value?.settings.minimumHosts, 4, 'the other one has gone on')
  t.equal(keeper.kept.size, 1)
})

test('A draft that one window ended stays ended when the other has only heard of a newer version', async (t) => {
  const { one, other, keeper } = await twoWindows()
  one.discard()
  await one.settled()
  t.equal(other.take({ version: 2, content: modelWith(2, 'a', 'b', 'c') }), 'merged')
  await other.settled()
  t.equal(other.draft.value, undefined)
  t.equal(keeper.kept.size, 0)
})

test('Two windows that hear of a newer version bring one draft upon it once', async (t) => {
  const { one, other } = await twoWindows()
  const stored = { version: 2, content: modelWith(2, 'a', 'b', 'c') }
  one.take(stored)
  other.take(stored)
  await Promise.all([one.settled(), other.settled()])
  await one.restore()
  for (const each of [one, other]) {
    t.same(idsOf(each), ['b', 'c'])
    t.equal(each.content.value?.settings.minimumHosts, 2)
    t.match(each.draft.value, {
      base: { version: 2 },
      conflicts: [],
      history: { past: { length: 1 } },
    })
  }
})

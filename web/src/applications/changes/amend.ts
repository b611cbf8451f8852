import type { ChangeView } from '../../../../src/manage/api/changes.js'
import { confirm } from '../../components/dialog.js'
import { linkTo, navigate } from '../../router/route.js'
import { applicationState, listsState } from '../application-state.js'
import type { Workspace } from '../draft/workspace.js'

/** Lists of a change set are those that change, by their names; null for one that goes. */
function isByName(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function allLists(base: readonly unknown[], document: unknown): readonly unknown[] {
  if (!isByName(document)) return base
  const kept = base.filter(
    (list) => !(isByName(list) && typeof list['name'] === 'string' && list['name'] in document),
  )
  return [...kept, ...Object.values(document).filter((list) => list !== null)]
}

async function mayReplace(workspace: Workspace<unknown>): Promise<boolean> {
  if (!workspace.draft.value) return true
  return confirm({
    title: 'Give up your own draft?',
    text: 'You have edits that are not proposed. The change takes their place.',
    action: 'Give them up',
    isDangerous: true,
  })
}

/** Takes a change set into one's draft, merged with what is stored by now, and opens it. */
export async function beginAmending(change: ChangeView): Promise<void> {
  const { id, revision, title, subject, baseVersion: version } = change
  const amends = { id, revision, title }
  if (subject.kind === 'application') {
    const state = applicationState(subject.name)
    await state.load()
    const { workspace } = state
    if (!(await mayReplace(workspace as Workspace<unknown>))) return
    const { read } = workspace.kind
    const base = change.base === null ? undefined : read(change.base)
    workspace.amend({ version, content: base }, read(change.document), amends)
    navigate(linkTo(['applications', subject.name, 'rules']))
    return
  }
  await listsState.load()
  const { workspace } = listsState
  if (!(await mayReplace(workspace as Workspace<unknown>))) return
  const stored = workspace.kind.write(workspace.stored.value?.content ?? [])
  const listed: readonly unknown[] = Array.isArray(stored) ? stored : []
  const [before, after] = [change.base, change.document].map((part) =>
    workspace.kind.read(allLists(listed, part)),
  )
  workspace.amend({ version, content: before }, after ?? [], amends)
  navigate(linkTo(['lists']))
}

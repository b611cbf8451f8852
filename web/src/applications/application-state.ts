import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { ApplicationView, ListView, StackView } from '../../../src/manage/api/applications.js'
import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
} from '../../../src/model/document.js'
import { validateChange } from '../../../src/model/validate-change.js'
import { validateLists } from '../../../src/model/validate-lists.js'
import { validateModel } from '../../../src/model/validate.js'
import { ApiError, UnreachableError } from '../api/api-error.js'
import { apiPath } from '../api/client.js'
import { draftKeeper } from '../offline/draft-keeper.js'
import { getOrKept } from '../offline/kept-answers.js'
import { notify } from '../state/toasts.js'
import { LISTS, MODEL } from './draft/document-kind.js'
import { Workspace, type Taken } from './draft/workspace.js'
import { fetchPatternCheck, patternCheck } from './pattern-check.js'

/** What is asked for all lists with their values. */
interface ListsAnswer {
  readonly version: number | null
  readonly items: readonly (ListView & { readonly values: readonly string[] })[]
}

/** The hosts of an application. */
interface HostsAnswer {
  readonly stacks: readonly StackView[]
}

function tellTaken(taken: Taken, what: string): void {
  if (taken === 'merged')
    notify(`Somebody else changed ${what} meanwhile. It was merged with your edits.`)
  if (taken === 'conflict')
    notify(`Somebody else changed the same of ${what} as you. Decide whose way it goes.`, {
      tone: 'bad',
    })
  if (taken === 'the same') notify(`What you edited of ${what} is stored by now.`)
}

/** What can be loaded, and loaded again. */
abstract class Loadable {
  readonly error: ReadonlySignal<Error | undefined>
  private readonly failure = signal<Error | undefined>(undefined)
  private loading: Promise<void> | undefined

  constructor() {
    this.error = this.failure
  }

  /** Loads it, or what is kept of it; what failed is told by `error`. */
  load(): Promise<void> {
    this.loading ??= this.fetch()
      .then(
        () => (this.failure.value = undefined),
        (error: unknown) => {
          this.failure.value = error instanceof Error ? error : new Error(String(error))
        },
      )
      .then(() => (this.loading = undefined))
    return this.loading
  }

  /** Loads it once more, also while it is being loaded. */
  async reload(): Promise<void> {
    await this.loading
    await this.load()
  }

  protected abstract fetch(): Promise<void>
}

/** The lists that all applications share. */
export class ListsState extends Loadable {
  readonly workspace = new Workspace<readonly NamespacedList[]>('lists', LISTS, draftKeeper)
  readonly problems: ReadonlySignal<readonly DocumentProblem[]>
  /** Which rules use a list that is stored, by its name. */
  readonly users: ReadonlySignal<ReadonlyMap<string, ListView['usedBy']>>
  private readonly ownUsers = signal<ReadonlyMap<string, ListView['usedBy']>>(new Map())
  private isRestored = false

  constructor() {
    super()
    const { workspace } = this
    this.users = this.ownUsers
    this.problems = computed(() =>
      workspace.draft.value ? validateLists(workspace.content.value ?? []) : [],
    )
  }

  protected async fetch(): Promise<void> {
    if (!this.isRestored) await this.workspace.restore()
    this.isRestored = true
    const { version, items } = await getOrKept<ListsAnswer>(apiPath(['lists'], { values: 'true' }))
    this.ownUsers.value = new Map(items.map(({ name, usedBy }) => [name, usedBy]))
    const content = items.map(({ name, description, type, values }) => {
      return { name, description, type, values }
    })
    tellTaken(this.workspace.take({ version, content }), 'the lists')
  }
}

/** The lists. */
export const listsState = new ListsState()

/** An application as it is shown and edited. */
export class ApplicationState extends Loadable {
  readonly name: string
  readonly workspace: Workspace<ApplicationModel>
  readonly stacks: ReadonlySignal<readonly StackView[]>
  /** What the service says of the version that is stored. */
  readonly view: ReadonlySignal<ApplicationView | undefined>
  /** What stands in the way of the model as it is edited. */
  readonly problems: ReadonlySignal<readonly DocumentProblem[]>
  private readonly ownStacks = signal<readonly StackView[]>([])
  private readonly ownView = signal<ApplicationView | undefined>(undefined)
  private isRestored = false

  constructor(name: string) {
    super()
    this.name = name
    const workspace = new Workspace(`application:${name}`, MODEL, draftKeeper)
    this.workspace = workspace
    this.stacks = this.ownStacks
    this.view = this.ownView
    this.problems = computed(() => {
      const [model, base] = [workspace.content.value, workspace.base.value]
      const lists = listsState.workspace.content.value
      if (!model || !lists) return []
      const change = base && workspace.draft.value ? validateChange(base, model) : []
      const patternProblem = patternCheck.value
      return [...validateModel(model, { lists, patternProblem }), ...change]
    })
  }

  protected async fetch(): Promise<void> {
    void fetchPatternCheck()
    if (!this.isRestored) await this.workspace.restore()
    this.isRestored = true
    const [view] = await Promise.all([this.fetchView(), this.fetchStacks(), listsState.load()])
    if (!view) return
    this.ownView.value = view
    const content = MODEL.read(view.document)
    tellTaken(this.workspace.take({ version: view.version, content }), this.name)
  }

  /** Undefined for an application that one has only begun. */
  private async fetchView(): Promise<ApplicationView | undefined> {
    try {
      return await getOrKept<ApplicationView>(apiPath(['applications', this.name]))
    } catch (error) {
      const isMissing =
        (error instanceof ApiError && error.status === 404) || error instanceof UnreachableError
      if (isMissing && this.workspace.draft.value) return undefined
      throw error
    }
  }

  /** Without them everything but the counting of hosts goes on. */
  private async fetchStacks(): Promise<void> {
    try {
      const path = apiPath(['applications', this.name, 'hosts'])
      this.ownStacks.value = (await getOrKept<HostsAnswer>(path)).stacks
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof UnreachableError)) throw error
    }
  }
}

const states = new Map<string, ApplicationState>()

/** The state of an application, one and the same for as long as the page lives. */
export function applicationState(name: string): ApplicationState {
  const known = states.get(name)
  if (known) return known
  const state = new ApplicationState(name)
  states.set(name, state)
  return state
}

/** Loads an application again, if somebody has looked at it. */
export async function reloadApplication(name: string): Promise<void> {
  await states.get(name)?.reload()
}

/** Loads again what somebody has looked at. */
export async function reloadAll(): Promise<void> {
  await Promise.all([listsState, ...states.values()].map((state) => state.reload()))
}

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { ApplicationModel } from '../../../../src/model/document.js'
import { PageHeader } from '../../components/page-header.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { TabLinks } from '../../components/tabs.js'
import { linkTo } from '../../router/route.js'
import { may } from '../../state/session.js'
import { applicationState, listsState, type ApplicationState } from '../application-state.js'
import { hostsOf } from '../distribution/slice-rows.js'
import { EditorProvider, type Editor } from '../editor-context.js'
import { parametersOf } from '../rules/parameter-names.js'
import { NO_SERVER } from '../../../../src/model/defaults.js'
import { knownPaths } from '../stacks/stack-rows.js'
import { DraftBar } from './draft-bar.js'

/** The pages of an application, in the order of their tabs. */
const PAGES = [
  ['summary', 'Summary'],
  ['rules', 'Rules'],
  ['url-rules', 'URL rules'],
  ['templates', 'Templates'],
  ['distribution', 'Distribution'],
  ['stacks', 'Stacks'],
  ['changes', 'Changes'],
  ['trial', 'Trial'],
  ['history', 'History'],
  ['transfer', 'Files'],
  ['settings', 'Settings'],
] as const

/** The last segment of the address of one of the pages. */
export type PageName = (typeof PAGES)[number][0]

interface ApplicationPageProps {
  readonly name: string
  readonly page: PageName
  readonly title: string
  readonly lead?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly children: (app: LoadedApplication) => ComponentChildren
}

/** An application of which there is a model. */
export interface LoadedApplication {
  readonly state: ApplicationState
  readonly model: ApplicationModel
  /** Whether one may propose changes. */
  readonly canEdit: boolean
}

function useEditorOf(state: ApplicationState, model: ApplicationModel | undefined): Editor {
  const problems = state.problems.value
  const stacks = state.stacks.value
  const lists = listsState.workspace.content.value
  return useMemo(
    () => ({
      problems,
      listNames: lists?.map(({ name }) => name) ?? [],
      parameters: model ? parametersOf(model) : [],
      paths: knownPaths(stacks),
      hostsAt: (path, nonWhitelisted) =>
        stacks.length === 0
          ? undefined
          : hostsOf({ ...NO_SERVER, path, nonWhitelisted }, stacks, model?.whitelist ?? []),
    }),
    [problems, stacks, lists, model],
  )
}

function Body(props: ApplicationPageProps & { readonly state: ApplicationState }): JSX.Element {
  const { state, children } = props
  const model = state.workspace.content.value
  const error = state.error.value
  const editor = useEditorOf(state, model)
  if (!model)
    return error ? (
      <ErrorState error={error} retry={() => void state.load()} />
    ) : (
      <Loading what={state.name} />
    )
  const canEdit = may('editor', `application:${state.name}`)
  return (
    <EditorProvider value={editor}>
      {error && <Notice tone="warning">This may be out of date. {error.message}</Notice>}
      {children({ state, model, canEdit })}
      {canEdit && <DraftBar state={state} />}
    </EditorProvider>
  )
}

/** The frame of everything about one application: its tabs, and the bar of what one has edited. */
export function ApplicationPage(props: ApplicationPageProps): JSX.Element {
  const { name, page, title, lead, actions } = props
  const state = applicationState(name)
  useEffect(() => void state.load(), [state])
  const links = PAGES.map(([segment, text]) => ({
    href: linkTo(['applications', name, segment]),
    title: text,
    isCurrent: segment === page,
  }))
  const crumbs = [
    { title: 'Applications', href: linkTo(['applications']) },
    { title: name, href: linkTo(['applications', name, 'summary']) },
  ]
  return (
    <>
      <PageHeader title={title} lead={lead} crumbs={crumbs}>
        {actions}
      </PageHeader>
      <TabLinks label={`Pages of ${name}`} links={links} />
      <Body {...props} state={state} />
    </>
  )
}

/** Fields that only those can change who may propose it. */
export function Editable(props: {
  readonly canEdit: boolean
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <fieldset class="stack" disabled={!props.canEdit}>
      {props.children}
    </fieldset>
  )
}

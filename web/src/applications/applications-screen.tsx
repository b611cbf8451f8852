import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ApplicationSummary } from '../../../src/manage/api/applications.js'
import { DEFAULT_SETTINGS } from '../../../src/model/defaults.js'
import type { ApplicationModel } from '../../../src/model/document.js'
import { apiPath } from '../api/client.js'
import { Badge } from '../components/badge.js'
import { Button } from '../components/button.js'
import { DataTable, type Column } from '../components/data-table.js'
import { TextField } from '../components/field.js'
import { PageHeader } from '../components/page-header.js'
import { Empty, ErrorState, Loading } from '../components/states.js'
import { getOrKept } from '../offline/kept-answers.js'
import { draftedSubjects } from '../offline/draft-keeper.js'
import { linkTo, navigate } from '../router/route.js'
import { may } from '../state/session.js'
import { useLoaded } from '../state/use-loaded.js'
import { applicationState } from './application-state.js'
import { BackupsCard } from './backups/backups-card.js'
import { NEW_SERVER } from './rules/destination-editor.js'

interface Listed {
  readonly applications: readonly ApplicationSummary[]
  /** Subjects of one's drafts. */
  readonly drafts: readonly string[]
}

const EMPTY_MODEL: ApplicationModel = {
  rules: [],
  templates: [],
  distribution: [],
  defaultServer: { ...NEW_SERVER, name: 'default' },
  urlRules: [],
  urlTemplates: [],
  urlDefaults: {},
  whitelist: [],
  settings: DEFAULT_SETTINGS,
}

function State({ summary }: { readonly summary: ApplicationSummary }): JSX.Element {
  const { version, servedVersion, problems } = summary
  if (problems.length > 0) return <Badge tone="bad">{problems.length} problems</Badge>
  return version === servedVersion ? (
    <Badge tone="good">serves</Badge>
  ) : (
    <Badge tone="warning">an older version serves</Badge>
  )
}

function columnsFor(drafts: readonly string[]): readonly Column<ApplicationSummary>[] {
  return [
    {
      title: 'Application',
      isHeader: true,
      cell: ({ name }) => (
        <>
          <a href={linkTo(['applications', name, 'summary'])}>{name}</a>{' '}
          {drafts.includes(`application:${name}`) && <Badge tone="accent">your draft</Badge>}
        </>
      ),
    },
    { title: 'State', cell: (summary) => <State summary={summary} /> },
    { title: 'Version', cell: ({ version }) => version ?? '–', isNumber: true },
    { title: 'Rules', cell: ({ rules }) => rules, isNumber: true },
    { title: 'URL rules', cell: ({ urlRules }) => urlRules, isNumber: true },
    { title: 'Slices', cell: ({ slices }) => slices, isNumber: true },
    { title: 'Hosts', cell: ({ hosts }) => hosts, isNumber: true },
    {
      title: 'Open changes',
      isNumber: true,
      cell: ({ name, openChanges }) =>
        openChanges === 0 ? (
          0
        ) : (
          <a href={linkTo(['applications', name, 'changes'])}>{openChanges}</a>
        ),
    },
  ]
}

function NewApplication({ taken }: { readonly taken: readonly string[] }): JSX.Element {
  const [name, setName] = useState('')
  const mayNot = name !== '' && !may('editor', `application:${name}`)
  const why = taken.includes(name)
    ? `There is one called ${name}.`
    : mayNot
      ? `You may not edit ${name}.`
      : undefined
  const begin = (event: Event): void => {
    event.preventDefault()
    if (why !== undefined) return
    applicationState(name).workspace.create(EMPTY_MODEL)
    navigate(linkTo(['applications', name, 'distribution']))
  }
  return (
    <form class="card field-row" onSubmit={begin}>
      <TextField
        label="Begin a new application"
        value={name}
        onInput={setName}
        error={why}
        isRequired
      />
      <Button type="submit" isDisabled={why !== undefined}>
        Begin
      </Button>
    </form>
  )
}

async function load(signal: AbortSignal): Promise<Listed> {
  const path = apiPath(['applications'])
  const [{ items }, drafts] = await Promise.all([
    getOrKept<{ items: readonly ApplicationSummary[] }>(path, signal),
    draftedSubjects(),
  ])
  return { applications: items, drafts }
}

function Applications({ applications, drafts }: Listed): JSX.Element {
  const names = applications.map(({ name }) => name)
  const begun = drafts
    .filter((subject) => subject.startsWith('application:'))
    .map((subject) => subject.slice('application:'.length))
    .filter((name) => !names.includes(name))
  return (
    <>
      <DataTable
        caption="Applications"
        columns={columnsFor(drafts)}
        rows={applications}
        rowKey={({ name }) => name}
        empty={<Empty title="There are no applications yet" />}
      />
      {begun.length > 0 && (
        <p>
          You have begun{' '}
          {begun.map((name, index) => (
            <span key={name}>
              {index > 0 && ', '}
              <a href={linkTo(['applications', name, 'distribution'])}>{name}</a>
            </span>
          ))}
          .
        </p>
      )}
      {may('editor') && <NewApplication taken={names} />}
      <BackupsCard />
    </>
  )
}

/** All applications that one may see. */
export function ApplicationsScreen(): JSX.Element {
  const { value, error, reload } = useLoaded(load)
  return (
    <>
      <PageHeader title="Applications" lead="Models that say where clients go." />
      {error && <ErrorState error={error} retry={reload} />}
      {value ? <Applications {...value} /> : !error && <Loading what="applications" />}
    </>
  )
}

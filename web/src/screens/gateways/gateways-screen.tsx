import type { JSX } from 'preact'
import type { GatewayProcess } from '../../../../src/manage/api/applications.js'
import { getItems } from '../../api/client.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { Moment } from '../../components/moment.js'
import { PageHeader } from '../../components/page-header.js'
import { Empty, ErrorState, Loading } from '../../components/states.js'
import { linkTo } from '../../router/route.js'
import { useLoaded } from '../../state/use-loaded.js'
import { useReloadOnEvents } from '../../state/use-reload-on-events.js'
import { newestVersions } from './newest-versions.js'

type Served = GatewayProcess['applications'][number]

function ServedVersion(props: { readonly served: Served; readonly newest: number }): JSX.Element {
  const { name, servedVersion, refusedVersion } = props.served
  const isBehind = servedVersion === null || servedVersion < props.newest
  return (
    <li>
      <a href={linkTo(['applications', name, 'summary'])}>{name}</a>{' '}
      <Badge tone={isBehind ? 'warning' : 'good'}>
        {servedVersion === null ? 'none' : `version ${servedVersion}`}
      </Badge>
      {refusedVersion !== null && <Badge tone="bad">refuses version {refusedVersion}</Badge>}
    </li>
  )
}

function columnsOf(fleet: readonly GatewayProcess[]): readonly Column<GatewayProcess>[] {
  const newest = newestVersions(fleet)
  return [
    { title: 'Host', cell: ({ host }) => host, isHeader: true },
    { title: 'Process', cell: ({ id }) => <span class="code">{id}</span> },
    { title: 'Program', cell: ({ version }) => version },
    { title: 'Started', cell: ({ startedAt }) => <Moment at={startedAt} /> },
    {
      title: 'Serves',
      isWide: true,
      cell: ({ applications }) => (
        <ul class="served">
          {applications.map((served) => (
            <ServedVersion
              key={served.name}
              served={served}
              newest={newest.get(served.name) ?? 0}
            />
          ))}
        </ul>
      ),
    },
  ]
}

/** The gateways that are connected to the store, and which version of each application they serve. */
export function GatewaysScreen(): JSX.Element {
  const { value, error, isLoading, reload } = useLoaded((signal) =>
    getItems<GatewayProcess>('/api/gateways', signal),
  )
  useReloadOnEvents(['model'], reload)
  return (
    <>
      <PageHeader
        title="Gateways"
        lead="Gateways that are connected to the store, and the version of each application that they serve."
      >
        <Button isBusy={isLoading} onClick={reload}>
          Reload
        </Button>
      </PageHeader>
      {error && <ErrorState error={error} retry={reload} />}
      {!value && !error && <Loading what="gateways" />}
      {value && (
        <DataTable
          caption="Connected gateways"
          columns={columnsOf(value)}
          rows={value}
          rowKey={({ id }) => id}
          empty={<Empty title="No gateway is connected" />}
        />
      )}
    </>
  )
}

import type { JSX } from 'preact'
import type { GatewayView, WatchView } from '../../../../src/manage/gateway-status.js'
import type { HostsEntryView, HostsView } from '../../../../src/manage/status.js'
import { duration } from '../../components/amounts.js'
import { Badge, type Tone } from '../../components/badge.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { Moment } from '../../components/moment.js'
import { Empty } from '../../components/states.js'
import { linkTo } from '../../router/route.js'

type Application = GatewayView['applications'][number]

function Watch({ what, watch }: { readonly what: string; readonly watch: WatchView }): JSX.Element {
  const tone: Tone = watch.state === 'live' ? 'good' : watch.state === 'lost' ? 'bad' : 'neutral'
  const age = watch.ageSeconds ? ` for ${duration(watch.ageSeconds)}` : ''
  return (
    <span class="small">
      <span class="soft">{what}</span>{' '}
      <Badge tone={tone}>
        {watch.state}
        {age}
      </Badge>{' '}
      {watch.reason}
    </span>
  )
}

const HOSTS_TONES: Readonly<Record<string, Tone>> = { live: 'good', frozen: 'warning' }

function applicationColumns(now: number): readonly Column<Application>[] {
  return [
    {
      title: 'Application',
      cell: ({ name }) => <a href={linkTo(['applications', name, 'summary'])}>{name}</a>,
      isHeader: true,
    },
    { title: 'Version', cell: ({ version }) => version ?? 'none', isNumber: true },
    { title: 'Since', cell: ({ since }) => <Moment at={since} now={now} /> },
    {
      title: 'Model',
      cell: ({ refusedVersion, problems }) =>
        refusedVersion === null ? (
          <Badge tone="good">newest</Badge>
        ) : (
          <>
            <Badge tone="bad">version {refusedVersion} refused</Badge>{' '}
            {problems.map(({ message }) => message).join(' ')}
          </>
        ),
    },
    {
      title: 'Hosts',
      cell: ({ hosts }) => <Badge tone={HOSTS_TONES[hosts] ?? 'neutral'}>{hosts}</Badge>,
    },
  ]
}

/** The gateway with its applications. */
export function GatewayCard(props: {
  readonly gateway: GatewayView
  readonly now: number
}): JSX.Element {
  const { store, discovery, applications } = props.gateway
  return (
    <section class="group" aria-labelledby="face-gateway">
      <div class="section-head">
        <h3 id="face-gateway">Gateway</h3>
        <Watch what="store" watch={store} />
        {discovery && <Watch what="discovery" watch={discovery} />}
      </div>
      <DataTable
        caption="Applications of the gateway"
        columns={applicationColumns(props.now)}
        rows={applications}
        rowKey={({ name }) => name}
        empty={<Empty title="No application yet" />}
      />
    </section>
  )
}

function entryColumns(now: number): readonly Column<HostsEntryView>[] {
  return [
    { title: 'Name', cell: ({ name }) => <span class="code">{name}</span>, isHeader: true },
    {
      title: 'Address',
      cell: ({ address }) => address ?? <Badge tone="bad">none</Badge>,
    },
    { title: 'Group', cell: ({ group }) => group },
    { title: 'Why', cell: ({ reason }) => reason },
    { title: 'Since', cell: ({ since }) => <Moment at={since} now={now} /> },
  ]
}

/** The hosts file with its names. */
export function HostsCard(props: { readonly hosts: HostsView; readonly now: number }): JSX.Element {
  const { file, inForce, reason, entries } = props.hosts
  return (
    <section class="group" aria-labelledby="face-hosts">
      <div class="section-head">
        <h3 id="face-hosts">Hosts file</h3>
        <span class="small">
          <span class="code">{file}</span>{' '}
          <Badge tone={inForce ? 'good' : 'bad'}>{inForce ? 'in force' : 'not in force'}</Badge>{' '}
          {reason}
        </span>
      </div>
      <DataTable
        caption="Names in the hosts file"
        columns={entryColumns(props.now)}
        rows={entries}
        rowKey={({ name }) => name}
        empty={<Empty title="No name yet" />}
      />
    </section>
  )
}

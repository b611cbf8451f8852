import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { PageHeader } from '../../components/page-header.js'
import { Empty, ErrorState, Loading, Notice } from '../../components/states.js'
import { followStatus, liveStatus, refreshStatus, statusFailure } from '../../state/live-status.js'
import { AttentionList } from './attention-list.js'
import { GatewayCard, HostsCard } from './face-cards.js'
import { GroupCard } from './group-card.js'
import { Summary } from './summary.js'

function Everything(): JSX.Element {
  const status = liveStatus.value
  const failure = statusFailure.value
  if (!status)
    return failure ? (
      <ErrorState error={failure} retry={() => void refreshStatus()} />
    ) : (
      <Loading what="status" />
    )
  const { groups, gateway, hosts, at } = status
  const now = new Date(at).getTime()
  return (
    <>
      {failure && <Notice tone="warning">This is how it was. {failure.message}</Notice>}
      <Summary status={status} />
      <AttentionList status={status} />
      <h2>Groups and targets</h2>
      {groups.length === 0 && <Empty title="No target group is configured" />}
      {groups.map((group) => (
        <GroupCard key={group.name} group={group} now={now} />
      ))}
      {(gateway ?? hosts) && <h2>Faces</h2>}
      {gateway && <GatewayCard gateway={gateway} now={now} />}
      {hosts && <HostsCard hosts={hosts} now={now} />}
    </>
  )
}

/** How everything is, live. */
export function OverviewScreen(): JSX.Element {
  useEffect(followStatus, [])
  return (
    <>
      <PageHeader title="Overview" />
      <Everything />
    </>
  )
}

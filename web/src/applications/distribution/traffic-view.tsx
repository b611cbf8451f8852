import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { CountedHosts } from '../../../../src/model/traffic.js'
import { Badge } from '../../components/badge.js'
import { SelectField } from '../../components/field.js'
import { NumberField } from '../fields/number-field.js'
import { AdjustedHosts } from './adjusted-hosts.js'
import type { SliceRow, Traffic } from './slice-rows.js'

const COUNTED: readonly { readonly value: CountedHosts; readonly title: string }[] = [
  { value: 'serving', title: 'Those that serve' },
  { value: 'all', title: 'All that are registered' },
]

/** What the clients of an application are together, as somebody assumes it; it is not part of the model. */
export const traffic = signal<Traffic>({ connections: 10_000, perHost: 0, counted: 'serving' })

function assume(part: Partial<Traffic>): void {
  traffic.value = { ...traffic.value, ...part }
}

/** What is assumed of the traffic. */
export function TrafficFields(): JSX.Element {
  const { connections, perHost, counted } = traffic.value
  return (
    <div class="field-row">
      <NumberField
        label="Connections in all"
        description="To see what each host would have; it is not stored"
        value={connections}
        min={0}
        onNumber={(value = 0) => assume({ connections: value })}
      />
      <NumberField
        label="Most connections of a host"
        description="0 for no limit"
        value={perHost}
        min={0}
        onNumber={(value = 0) => assume({ perHost: value })}
      />
      <SelectField
        label="Hosts that count"
        description="Of the stacks that take clients"
        value={counted}
        choices={COUNTED}
        onSelect={(value) => assume({ counted: value })}
      />
    </div>
  )
}

/** Hosts and connections of a slice, and what other weights would make of them. */
export function SliceTraffic(props: {
  readonly row: SliceRow
  readonly name: string
}): JSX.Element {
  const { row, name } = props
  const { hosts, weight, connections, connectionsPerHost, isOverloaded } = row
  return (
    <>
      <dl class="slice-facts">
        <div>
          <dt>Hosts</dt>
          <dd>{hosts === 0 ? <Badge tone="bad">none</Badge> : (hosts ?? '–')}</dd>
        </div>
        <div>
          <dt>Connections</dt>
          <dd>{connections.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Per host</dt>
          <dd>
            {connectionsPerHost === undefined
              ? '–'
              : Math.ceil(connectionsPerHost).toLocaleString('en')}{' '}
            {isOverloaded && <Badge tone="bad">too many</Badge>}
          </dd>
        </div>
      </dl>
      {hosts !== undefined && weight !== undefined && (
        <AdjustedHosts
          name={name}
          hosts={hosts}
          weight={weight}
          connections={connections}
          most={traffic.value.perHost}
        />
      )}
    </>
  )
}

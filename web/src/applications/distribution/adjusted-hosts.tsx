import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { HIGHEST_HOST_WEIGHT } from '../../../../src/model/defaults.js'
import { percentMore, sharesOf, weightsFor } from '../../../../src/model/traffic.js'
import { count, counted } from '../../components/amounts.js'
import { Badge } from '../../components/badge.js'
import { SelectField } from '../../components/field.js'
import { NumberField } from '../fields/number-field.js'

const WAYS = [
  { value: 'percent', title: 'By how many percent' },
  { value: 'weight', title: 'To which weight' },
] as const

/** What somebody assumes of hosts; it is not stored. */
interface Assumed {
  readonly hosts: number
  readonly way: (typeof WAYS)[number]['value']
  readonly percent: number
  readonly weight: number
  readonly usualWeight: number
}

type OnAssumed = (part: Partial<Assumed>) => void

function AssumedFields(props: {
  readonly assumed: Assumed
  readonly most: number
  readonly onAssumed: OnAssumed
}): JSX.Element {
  const { assumed, most, onAssumed } = props
  const { way } = assumed
  return (
    <div class="field-row">
      <NumberField
        label="Hosts to adjust"
        value={assumed.hosts}
        min={0}
        max={most}
        error={assumed.hosts > most ? `There are ${count(most)}.` : undefined}
        onNumber={(hosts = 0) => onAssumed({ hosts })}
      />
      <NumberField
        label="Weight now"
        value={assumed.usualWeight}
        min={0}
        onNumber={(usualWeight = 0) => onAssumed({ usualWeight })}
      />
      <SelectField
        label="Adjusted"
        value={way}
        choices={WAYS}
        onSelect={(chosen) => onAssumed({ way: chosen })}
      />
      {way === 'percent' ? (
        <NumberField
          label="Percent more"
          description="Below 0 for less"
          value={assumed.percent}
          onNumber={(percent = 0) => onAssumed({ percent })}
        />
      ) : (
        <NumberField
          label="Weight"
          value={assumed.weight}
          min={0}
          onNumber={(weight = 0) => onAssumed({ weight })}
        />
      )}
    </div>
  )
}

function Side(props: {
  readonly title: string
  readonly weight: number
  readonly connections: number
  readonly perHost: number
  readonly most: number
}): JSX.Element {
  const { title, weight, connections, perHost, most } = props
  return (
    <>
      <dt>{title}</dt>
      <dd>
        weight {count(weight)}: {count(connections)} connections, {count(perHost)} each{' '}
        {most > 0 && perHost > most && <Badge tone="bad">too many</Badge>}
      </dd>
    </>
  )
}

function Outcome(props: {
  readonly assumed: Assumed
  readonly hosts: number
  readonly connections: number
  readonly most: number
}): JSX.Element {
  const { assumed, connections, most } = props
  const { way, percent, weight, usualWeight } = assumed
  const hosts = { adjusted: assumed.hosts, others: props.hosts - assumed.hosts }
  const weights =
    way === 'percent' ? weightsFor(usualWeight, percent) : { adjusted: weight, others: usualWeight }
  const shares = sharesOf(connections, hosts, weights)
  if (!shares) return <p role="status">Nobody takes connections then.</p>
  const more = percentMore(weights)
  const { together, perHost } = shares
  const sides = (['adjusted', 'others'] as const).filter((side) => hosts[side] > 0)
  const titles = {
    adjusted: `${counted(hosts.adjusted, 'host')}, adjusted`,
    others: counted(hosts.others, 'other host'),
  }
  return (
    <div role="status">
      <dl class="facts">
        {sides.map((side) => (
          <Side
            key={side}
            title={titles[side]}
            weight={weights[side]}
            connections={together[side]}
            perHost={perHost[side]}
            most={most}
          />
        ))}
        {more !== undefined && (
          <>
            <dt>Adjusted to the others</dt>
            <dd>{`${more > 0 ? '+' : ''}${count(more)} %`}</dd>
          </>
        )}
      </dl>
      {Math.max(weights.adjusted, weights.others) > HIGHEST_HOST_WEIGHT && (
        <p>
          More than {HIGHEST_HOST_WEIGHT} counts as {HIGHEST_HOST_WEIGHT}: adjust less.
        </p>
      )}
    </div>
  )
}

interface AdjustedHostsProps {
  readonly name: string
  readonly hosts: number
  /** Which most of them have. */
  readonly weight: number
  readonly connections: number
  /** The most that one host should have; 0 for no limit. */
  readonly most: number
}

/** What weights of some hosts would mean for the connections of each. Nothing of it is stored: hosts register their weights. */
export function AdjustedHosts(props: AdjustedHostsProps): JSX.Element {
  const { name, hosts, weight, connections, most } = props
  const [changed, setChanged] = useState<Partial<Assumed>>({})
  const assumed: Assumed = {
    hosts: 1,
    way: 'percent',
    percent: 50,
    weight,
    usualWeight: weight,
    ...changed,
  }
  return (
    <details class="sub-form">
      <summary>Adjust some hosts{name && ` of ${name}`}</summary>
      <div class="stack">
        <p class="soft">
          What other weights would mean. Nothing is stored: hosts register with their weights.
        </p>
        <AssumedFields
          assumed={assumed}
          most={hosts}
          onAssumed={(part) => setChanged((before) => ({ ...before, ...part }))}
        />
        <Outcome assumed={assumed} hosts={hosts} connections={connections} most={most} />
      </div>
    </details>
  )
}

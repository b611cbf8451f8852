import type { JSX } from 'preact'
import type { Explanation, TriedCondition, TriedRule } from '../../../../src/model/decision.js'
import { placesOf } from '../../../../src/model/trial.js'
import { Badge } from '../../components/badge.js'

const DECIDERS = {
  rule: 'rule',
  distribution: 'a slice of the distribution,',
  default: 'the default server',
} as const

function Tried({ conditions }: { readonly conditions: readonly TriedCondition[] }): JSX.Element {
  return (
    <ul class="tried">
      {conditions.map(({ text, held, why, parts }, index) => (
        <li key={index}>
          <Badge tone={held ? 'good' : 'bad'}>{held ? 'yes' : 'no'}</Badge> {text}
          <span class="soft">: {why}</span>
          {parts.length > 0 && <Tried conditions={parts} />}
        </li>
      ))}
    </ul>
  )
}

function Rules(props: { readonly title: string; readonly rules: readonly TriedRule[] }) {
  if (props.rules.length === 0) return null
  return (
    <section class="stack">
      <h3>{props.title}</h3>
      <ol class="stack">
        {props.rules.map(({ id, matched, conditions }) => (
          <li key={id}>
            <strong>{id}</strong>{' '}
            <Badge tone={matched ? 'good' : 'neutral'}>
              {matched ? 'matches' : 'does not match'}
            </Badge>
            <Tried conditions={conditions} />
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Where a request goes, in one line. */
export function decisionWords({ decision, url }: Explanation): string {
  const { protocol, port, urn, ipVersion } = url.parameters
  const name = decision.by === 'default' ? '' : ` ${decision.name}`
  const filled = `${protocol}, port ${port}, ${urn}, IPv${ipVersion}`
  return `${placesOf(decision)} by ${DECIDERS[decision.by]}${name} (${filled})`
}

/** A decision with everything that led to it. */
export function ExplanationReport(props: { readonly explanation: Explanation }): JSX.Element {
  const { explanation } = props
  const { rules, urlRules, distribution } = explanation
  return (
    <div class="stack">
      <p>
        Goes to <strong>{decisionWords(explanation)}</strong>
      </p>
      <Rules title="Rules, in the order in which they were tried" rules={rules} />
      <p class="soft">{distribution}</p>
      <Rules title="URL rules" rules={urlRules} />
    </div>
  )
}

import type { JSX } from 'preact'
import { Button } from '../../components/button.js'
import { TextField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { replaced } from '../conditions/condition-group.js'
import { useProblem } from '../editor-context.js'

type Query = Readonly<Record<string, string>>

interface QueryEditorProps {
  readonly query: Query
  /** JSON pointer of the query. */
  readonly at: string
  readonly onQuery: (query: Query, field: string) => void
}

function PairFields(props: {
  readonly pair: readonly [string, string]
  readonly onPair: (pair: readonly [string, string] | undefined, field: string) => void
}): JSX.Element {
  const [name, value] = props.pair
  return (
    <div class="field-row">
      <TextField
        label="Name"
        value={name}
        onInput={(typed) => props.onPair([typed, value], 'name')}
      />
      <TextField
        label="Value"
        value={value}
        onInput={(typed) => props.onPair([name, typed], 'value')}
      />
      <Button
        isSmall
        tone="quiet"
        label={`Remove the query pair ${name}`}
        onClick={() => props.onPair(undefined, '')}
      >
        <Icon name="close" />
      </Button>
    </div>
  )
}

/** Names and values that are appended to a URL's query. */
export function QueryEditor({ query, at, onQuery }: QueryEditorProps): JSX.Element {
  const pairs = Object.entries(query)
  const problem = useProblem(at)
  const change = (next: readonly (readonly [string, string])[], field: string): void =>
    onQuery(Object.fromEntries(next), field && `${at}/${field}`)
  return (
    <fieldset class="sub-form">
      <legend>Query</legend>
      {pairs.map((pair, index) => (
        <PairFields
          key={index}
          pair={pair}
          onPair={(next, field) =>
            change(replaced(pairs, index, next), field && `${index}/${field}`)
          }
        />
      ))}
      {problem && <p class="field-error">{problem}</p>}
      <div>
        <Button isSmall isDisabled={'' in query} onClick={() => change([...pairs, ['', '']], '')}>
          <Icon name="plus" /> Query pair
        </Button>
      </div>
    </fieldset>
  )
}

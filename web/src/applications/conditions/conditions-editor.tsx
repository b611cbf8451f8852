import type { JSX } from 'preact'
import { inWords } from '../../../../src/model/condition-words.js'
import type { Condition, Junction } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { SelectField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { ConditionEditor } from './condition-editor.js'
import {
  groupOf,
  isJunction,
  joined,
  memberPointer,
  mostMembers,
  replaced,
} from './condition-group.js'
import { KIND_WORDS, NEW_CONDITION } from './condition-kinds.js'

/** @param condition undefined to remove it @param field JSON pointer of where one types; empty for a step of its own */
type OnCondition = (condition: Condition | undefined, field: string) => void

interface NodeProps {
  readonly condition: Condition
  readonly at: string
  readonly onCondition: OnCondition
}

const JOINS = (['and', 'or', 'xor'] as const).map((kind) => ({
  value: kind,
  title: KIND_WORDS[kind],
}))

/** The condition and a new one beside it, as a group. */
function grouped(condition: Condition): Condition {
  return { kind: 'or', of: [condition, NEW_CONDITION] }
}

function NodeActions({ condition, onCondition }: Omit<NodeProps, 'at'>): JSX.Element {
  const words = inWords(condition)
  return (
    <div class="condition-actions">
      <Button
        isSmall
        label={`Group with an alternative: ${words}`}
        onClick={() => onCondition(grouped(condition), '')}
      >
        Group
      </Button>
      <Button
        isSmall
        tone="quiet"
        label={`Remove the condition: ${words}`}
        onClick={() => onCondition(undefined, '')}
      >
        <Icon name="close" />
      </Button>
    </div>
  )
}

function GroupEditor(props: NodeProps & { readonly condition: Junction }): JSX.Element {
  const { condition, at, onCondition } = props
  const { kind, members } = groupOf(condition)
  const change = (next: readonly Condition[], field: string): void =>
    onCondition(joined({ kind, members: next }), field)
  const rejoin = (chosen: Junction['kind']): void =>
    onCondition(joined({ kind: chosen, members }), '')
  // Three conditions of which exactly one holds cannot be said by joining two at a time.
  const joins = members.length > 2 ? JOINS.filter(({ value }) => value !== 'xor') : JOINS
  return (
    <fieldset class="condition-group">
      <legend class="visually-hidden">Group of conditions: {KIND_WORDS[kind]} them</legend>
      <div class="condition">
        <SelectField label="Holds for" value={kind} choices={joins} onSelect={rejoin} />
        <NodeActions condition={condition} onCondition={onCondition} />
      </div>
      <ConditionNodes
        conditions={members}
        pointer={(index) => `${at}${memberPointer(index, members.length)}`}
        onConditions={change}
        most={mostMembers(kind)}
      />
    </fieldset>
  )
}

function ConditionNode({ condition, at, onCondition }: NodeProps): JSX.Element {
  if (isJunction(condition))
    return <GroupEditor condition={condition} at={at} onCondition={onCondition} />
  return (
    <div class="condition">
      <ConditionEditor
        condition={condition}
        at={at}
        onCondition={(next, field) => onCondition(next, field && `${at}/${field}`)}
      />
      <NodeActions condition={condition} onCondition={onCondition} />
    </div>
  )
}

function ConditionNodes(props: {
  readonly conditions: readonly Condition[]
  readonly pointer: (index: number) => string
  readonly onConditions: (conditions: readonly Condition[], field: string) => void
  readonly most: number
}): JSX.Element {
  const { conditions, pointer, onConditions, most } = props
  return (
    <div class="conditions">
      {conditions.map((condition, index) => (
        <ConditionNode
          key={index}
          condition={condition}
          at={pointer(index)}
          onCondition={(next, field) => onConditions(replaced(conditions, index, next), field)}
        />
      ))}
      {conditions.length < most && (
        <div>
          <Button isSmall onClick={() => onConditions([...conditions, NEW_CONDITION], '')}>
            <Icon name="plus" /> Condition
          </Button>
        </div>
      )}
    </div>
  )
}

interface ConditionsEditorProps {
  readonly conditions: readonly Condition[]
  /** JSON pointer of the list of conditions. */
  readonly at: string
  readonly onConditions: (conditions: readonly Condition[], field: string) => void
}

/** Conditions that must all hold, with groups in them, as deep as they are. */
export function ConditionsEditor(props: ConditionsEditorProps): JSX.Element {
  const { conditions, at, onConditions } = props
  return (
    <ConditionNodes
      conditions={conditions}
      pointer={(index) => `${at}/${index}`}
      onConditions={onConditions}
      most={Infinity}
    />
  )
}

import type { JSX } from 'preact'
import {
  RELATIONS,
  VALUE_TYPES,
  type Comparison,
  type Membership,
} from '../../../../src/model/document.js'
import { CheckField, SelectField, TextField } from '../../components/field.js'
import { useEditor, useProblem } from '../editor-context.js'
import { LinesField } from '../fields/lines-field.js'
import { NumberField } from '../fields/number-field.js'
import { KIND_WORDS, SIMPLE_KINDS, withKind, type SimpleCondition } from './condition-kinds.js'
import { ListPicker } from './list-picker.js'

/** @param field where the edit was made, below the condition */
type OnCondition<Kind extends SimpleCondition> = (condition: Kind, field: string) => void

interface EditorProps<Kind extends SimpleCondition> {
  readonly condition: Kind
  /** JSON pointer of the condition. */
  readonly at: string
  readonly onCondition: OnCondition<Kind>
}

const KIND_CHOICES = SIMPLE_KINDS.map((kind) => ({ value: kind, title: KIND_WORDS[kind] }))
const TYPE_WORDS = {
  none: 'text, or numbers',
  numeric: 'number',
  string: 'text',
  version: 'version',
  ipv6: 'IPv6 address',
} as const
const TYPE_CHOICES = VALUE_TYPES.map((type) => ({ value: type, title: TYPE_WORDS[type] }))

function isComparison(condition: SimpleCondition): condition is Comparison {
  return RELATIONS.some((relation) => relation === condition.kind)
}

function isMembership(condition: SimpleCondition): condition is Membership {
  return condition.kind === 'contains' || condition.kind === 'inIpRange'
}

function ComparisonFields(props: EditorProps<Comparison>): JSX.Element {
  const { condition, at, onCondition } = props
  return (
    <>
      <TextField
        label="Value"
        value={condition.value}
        error={useProblem(`${at}/value`)}
        onInput={(value) => onCondition({ ...condition, value }, 'value')}
      />
      <SelectField
        label="Compared as"
        value={condition.type}
        choices={TYPE_CHOICES}
        onSelect={(type) => onCondition({ ...condition, type }, '')}
      />
      <CheckField
        label="Case matters"
        isChecked={condition.caseSensitive}
        onChange={(caseSensitive) => onCondition({ ...condition, caseSensitive }, '')}
      />
    </>
  )
}

function MembershipFields(props: EditorProps<Membership>): JSX.Element {
  const { condition, at, onCondition } = props
  const isText = condition.kind === 'contains'
  return (
    <>
      <LinesField
        label={isText ? 'Values' : 'Addresses and networks'}
        lines={condition.values}
        error={useProblem(`${at}/values`)}
        onLines={(values) => onCondition({ ...condition, values }, 'values')}
      />
      <ListPicker
        lists={condition.lists}
        error={useProblem(`${at}/lists`)}
        onLists={(lists) => onCondition({ ...condition, lists }, '')}
      />
      {isText && (
        <CheckField
          label="Case matters"
          isChecked={condition.caseSensitive}
          onChange={(caseSensitive) => onCondition({ ...condition, caseSensitive }, '')}
        />
      )}
    </>
  )
}

function ValueFields({ condition, at, onCondition }: EditorProps<SimpleCondition>): JSX.Element {
  const shared = { at, onCondition }
  const patternProblem = useProblem(`${at}/pattern`)
  const percentProblem = useProblem(`${at}/percent`)
  if (isComparison(condition)) return <ComparisonFields condition={condition} {...shared} />
  if (isMembership(condition)) return <MembershipFields condition={condition} {...shared} />
  if (condition.kind === 'matches')
    return (
      <TextField
        label="Pattern"
        description="A regular expression for the whole of the parameter; case matters"
        value={condition.pattern}
        error={patternProblem}
        onInput={(pattern) => onCondition({ ...condition, pattern }, 'pattern')}
      />
    )
  if (condition.kind === 'isEmpty') return <></>
  return (
    <NumberField
      label="Percent"
      description={
        condition.kind === 'percent'
          ? 'Of the clients, by their keys: each always or never'
          : 'Of the requests, anew each time'
      }
      value={condition.percent}
      min={0}
      max={100}
      error={percentProblem}
      onNumber={(percent = NaN) => onCondition({ ...condition, percent }, 'percent')}
    />
  )
}

/** The fields of one condition that joins no others. */
export function ConditionEditor(props: EditorProps<SimpleCondition>): JSX.Element {
  const { condition, at, onCondition } = props
  const { parameters } = useEditor()
  const parameterProblem = useProblem(`${at}/parameter`)
  const own = useProblem(at, 'at')
  return (
    <div class="condition-fields">
      {'parameter' in condition && (
        <TextField
          label="Parameter"
          value={condition.parameter}
          suggestions={parameters}
          error={parameterProblem}
          onInput={(parameter) => onCondition({ ...condition, parameter }, 'parameter')}
        />
      )}
      <SelectField
        label="Test"
        value={condition.kind}
        choices={KIND_CHOICES}
        error={own}
        onSelect={(kind) => onCondition(withKind(condition, kind), '')}
      />
      <ValueFields condition={condition} at={at} onCondition={onCondition} />
      {'negated' in condition && (
        <CheckField
          label="Not: holds when it otherwise would not"
          isChecked={condition.negated}
          onChange={(negated) => onCondition({ ...condition, negated }, '')}
        />
      )}
    </div>
  )
}

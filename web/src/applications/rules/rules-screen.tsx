import type { JSX } from 'preact'
import type { ApplicationModel, Destination, Rule } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { SelectField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import type { ScreenProps } from '../../router/screens.js'
import { NEW_CONDITION } from '../conditions/condition-kinds.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { useWarnings } from '../use-warnings.js'
import { NEW_SERVER } from './destination-editor.js'
import { addRule, ruleActions, type RuleAccess } from './edit-rules.js'
import { RuleList } from './rule-list.js'
import { destinationWords, ruleRows } from './rule-rows.js'

const ORDERS = [
  { value: 'listed', title: 'in the order of the list' },
  { value: 'cost', title: 'the cheap ones first, as Redirector does' },
] as const

const NEW_RULE: Rule<Destination> = {
  id: 'New_rule',
  conditions: [NEW_CONDITION],
  then: { kind: 'result', result: { kind: 'server', server: NEW_SERVER } },
}

function accessTo({ state, model }: LoadedApplication): RuleAccess<Destination> {
  return {
    kind: 'rules',
    segment: 'rule',
    rules: model.rules,
    setRules: (rules, field) => state.workspace.edit((each) => ({ ...each, rules }), field),
  }
}

function OrderField({ state, model }: LoadedApplication): JSX.Element {
  const { evaluationOrder } = model.settings
  const choose = (order: ApplicationModel['settings']['evaluationOrder']): void =>
    state.workspace.edit((each) => ({
      ...each,
      settings: { ...each.settings, evaluationOrder: order },
    }))
  return (
    <SelectField
      label="Rules are tried"
      value={evaluationOrder}
      choices={ORDERS}
      onSelect={choose}
      description="The first one that holds decides; turns are those of gateways"
    />
  )
}

function Rules(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  const warnings = useWarnings(state)
  const access = accessTo(app)
  const order = model.settings.evaluationOrder
  const rows = ruleRows(model.rules, {
    templates: model.templates,
    order,
    path: '/rules',
    words: destinationWords,
    problems: state.problems.value,
    warnings,
  })
  const edited = new Set(state.workspace.differences.value.map(({ what }) => what))
  return (
    <Editable canEdit={canEdit}>
      <div class="field-row">
        <OrderField {...app} />
        {canEdit && (
          <Button tone="primary" onClick={() => addRule(state, access, NEW_RULE)}>
            <Icon name="plus" /> New rule
          </Button>
        )}
      </div>
      <RuleList
        caption="Rules, in the order in which they are tried"
        rows={rows}
        canEdit={canEdit}
        actions={ruleActions(state, access, order === 'listed')}
        isChanged={(id) => edited.has(`rule ${id}`)}
      />
    </Editable>
  )
}

/** The flavor rules of an application. */
export function RulesScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="rules"
      title="Rules"
      lead="Which clients go to which servers, whatever the distribution says."
    >
      {(app) => <Rules {...app} />}
    </ApplicationPage>
  )
}

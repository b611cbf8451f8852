import type { JSX } from 'preact'
import type { Rule, UrlParameters } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { Icon } from '../../components/icon.js'
import type { ScreenProps } from '../../router/screens.js'
import { NEW_CONDITION } from '../conditions/condition-kinds.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { addRule, ruleActions, type RuleAccess } from '../rules/edit-rules.js'
import { ParametersEditor } from '../rules/parameters-editor.js'
import { RuleList } from '../rules/rule-list.js'
import { parametersWords, ruleRows } from '../rules/rule-rows.js'
import { useWarnings } from '../use-warnings.js'

const NEW_RULE: Rule<UrlParameters> = {
  id: 'New_URL_rule',
  conditions: [NEW_CONDITION],
  then: { kind: 'result', result: {} },
}

function accessTo({ state, model }: LoadedApplication): RuleAccess<UrlParameters> {
  return {
    kind: 'urlRules',
    segment: 'url-rule',
    rules: model.urlRules,
    setRules: (urlRules, field) => state.workspace.edit((each) => ({ ...each, urlRules }), field),
  }
}

function Defaults({ state, model }: LoadedApplication): JSX.Element {
  return (
    <section class="card stack" aria-labelledby="url-defaults">
      <h2 id="url-defaults">Defaults</h2>
      <p class="soft">What fills the URLs of servers where no rule says it.</p>
      <ParametersEditor
        parameters={model.urlDefaults}
        at="/urlDefaults"
        onParameters={(urlDefaults, field) =>
          state.workspace.edit((each) => ({ ...each, urlDefaults }), field)
        }
      />
    </section>
  )
}

function UrlRules(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  const warnings = useWarnings(state)
  const access = accessTo(app)
  const order = model.settings.evaluationOrder
  const rows = ruleRows(model.urlRules, {
    templates: model.urlTemplates,
    order,
    path: '/urlRules',
    words: parametersWords,
    problems: state.problems.value,
    warnings,
  })
  const edited = new Set(state.workspace.differences.value.map(({ what }) => what))
  return (
    <Editable canEdit={canEdit}>
      <Defaults {...app} />
      <div class="section-head">
        <h2>Rules</h2>
        {canEdit && (
          <Button tone="primary" onClick={() => addRule(state, access, NEW_RULE)}>
            <Icon name="plus" /> New URL rule
          </Button>
        )}
      </div>
      <RuleList
        caption="URL rules, in the order in which they are tried"
        rows={rows}
        canEdit={canEdit}
        actions={ruleActions(state, access, order === 'listed')}
        isChanged={(id) => edited.has(`URL rule ${id}`)}
      />
    </Editable>
  )
}

/** What fills the URLs of servers. */
export function UrlRulesScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="url-rules"
      title="URL rules"
      lead="Protocol, port, path and IP version, each by the first rule that has it."
    >
      {(app) => <UrlRules {...app} />}
    </ApplicationPage>
  )
}

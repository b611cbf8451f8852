import type { JSX } from 'preact'
import type { Branch, Rule } from '../../../../src/model/document.js'
import { writeModel } from '../../../../src/model/write-model.js'
import { LineDiff } from '../../components/diff-view.js'
import { SelectField } from '../../components/field.js'
import { Empty } from '../../components/states.js'
import { linkTo, navigate } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { leftOut } from '../fields/left-out.js'
import { NameField } from '../fields/name-field.js'
import {
  ApplicationPage,
  Editable,
  type LoadedApplication,
  type PageName,
} from '../page/application-page.js'
import { BranchEditor, type ResultKind } from './branch-editor.js'
import { linkToRule, type RuleAccess } from './edit-rules.js'
import { DESTINATIONS, PARAMETERS } from './result-kinds.js'
import {
  destinationWords,
  parametersWords,
  templatesFor,
  wordsOfRule,
  type ResultWords,
} from './rule-rows.js'
import { useProblem } from '../editor-context.js'

interface RuleFormProps<Result> {
  readonly app: LoadedApplication
  readonly access: RuleAccess<Result>
  readonly id: string
  readonly kind: ResultKind<Result>
  readonly words: ResultWords<Result>
}

/** The rule with other conditions and outcomes; `otherwise` goes when the branch has none. */
function withBranch<Result>({ id, template }: Rule<Result>, branch: Branch<Result>): Rule<Result> {
  const { conditions, then, otherwise } = branch
  return {
    id,
    ...(template !== undefined && { template }),
    conditions,
    then,
    ...(otherwise && { otherwise }),
  }
}

function TemplateField<Result>(props: {
  readonly rule: Rule<Result>
  readonly at: string
  readonly ids: readonly string[]
  readonly onRule: (rule: Rule<Result>) => void
}): JSX.Element {
  const { rule, at, ids, onRule } = props
  const problem = useProblem(`${at}/template`)
  const alone = leftOut(rule, 'template')
  const choices = [
    { value: '', title: 'none' },
    ...[...new Set([...ids, ...(rule.template === undefined ? [] : [rule.template])])].map(
      (id) => ({
        value: id,
        title: id,
      }),
    ),
  ]
  return (
    <SelectField
      label="Template"
      description="Its conditions must hold, too"
      value={rule.template ?? ''}
      choices={choices}
      error={problem}
      onSelect={(template) => onRule(template === '' ? alone : { ...alone, template })}
    />
  )
}

function jsonLines(rules: unknown, id: string): readonly string[] {
  const found: unknown = Array.isArray(rules)
    ? (rules as readonly unknown[]).find(
        (each) => typeof each === 'object' && each !== null && 'id' in each && each.id === id,
      )
    : undefined
  return found === undefined ? [] : JSON.stringify(found, null, 2).split('\n')
}

function Preview<Result>(props: RuleFormProps<Result> & { readonly rule: Rule<Result> }) {
  const { app, access, rule, words } = props
  const { model, state } = app
  const { conditions, then, otherwise } = wordsOfRule(rule, templatesFor(model, access.kind), words)
  const base = state.workspace.base.value
  const before = base ? jsonLines(writeModel(base)[access.kind], rule.id) : []
  const after = jsonLines(writeModel(model)[access.kind], rule.id)
  return (
    <section class="card stack" aria-labelledby="preview">
      <h2 id="preview">In words</h2>
      <p>
        If {conditions.join(', and ') || 'anybody asks'}: <strong>{then}</strong>
        {otherwise !== '' && <>, otherwise {otherwise}</>}.
      </p>
      <details>
        <summary>Compared with what is stored</summary>
        <LineDiff before={before} after={after} />
      </details>
    </section>
  )
}

function RuleForm<Result>(props: RuleFormProps<Result>): JSX.Element {
  const { app, access, id, kind } = props
  const { rules, setRules } = access
  const index = rules.findIndex((rule) => rule.id === id)
  const rule = rules[index]
  if (!rule) return <Empty title={`There is no rule ${id}`} />
  const at = `/${access.kind}/${index}`
  const change = (next: Rule<Result>, field = ''): void => setRules(rules.with(index, next), field)
  const rename = (name: string): void => {
    change({ ...rule, id: name }, `${at}/id`)
    navigate(linkToRule(app.state.name, access.segment, name), 'replace')
  }
  const taken = rules.flatMap((each) => (each === rule ? [] : [each.id]))
  const templateIds = templatesFor(app.model, access.kind).map((template) => template.id)
  return (
    <div class="editor">
      <Editable canEdit={app.canEdit}>
        <div class="field-row">
          <NameField label="Name" name={rule.id} taken={taken} onName={rename} />
          <TemplateField rule={rule} at={at} ids={templateIds} onRule={change} />
        </div>
        <BranchEditor
          branch={rule}
          at={at}
          kind={kind}
          onBranch={(branch, field) => change(withBranch(rule, branch), field)}
        />
      </Editable>
      <Preview {...props} rule={rule} />
    </div>
  )
}

function RulePage(props: {
  readonly screen: ScreenProps
  readonly page: PageName
  readonly form: (app: LoadedApplication, id: string) => JSX.Element
}): JSX.Element {
  const name = props.screen.params['app'] ?? ''
  const id = props.screen.query.get('id') ?? ''
  const back = linkTo(['applications', name, props.page])
  return (
    <ApplicationPage name={name} page={props.page} title={id} lead={<a href={back}>All rules</a>}>
      {(app) => props.form(app, id)}
    </ApplicationPage>
  )
}

/** The editor of one flavor rule. */
export function RuleScreen(screen: ScreenProps): JSX.Element {
  const form = (app: LoadedApplication, id: string): JSX.Element => (
    <RuleForm
      app={app}
      id={id}
      kind={DESTINATIONS}
      words={destinationWords}
      access={{
        kind: 'rules',
        segment: 'rule',
        rules: app.model.rules,
        setRules: (rules, field) =>
          app.state.workspace.edit((model) => ({ ...model, rules }), field),
      }}
    />
  )
  return <RulePage screen={screen} page="rules" form={form} />
}

/** The editor of one URL rule. */
export function UrlRuleScreen(screen: ScreenProps): JSX.Element {
  const form = (app: LoadedApplication, id: string): JSX.Element => (
    <RuleForm
      app={app}
      id={id}
      kind={PARAMETERS}
      words={parametersWords}
      access={{
        kind: 'urlRules',
        segment: 'url-rule',
        rules: app.model.urlRules,
        setRules: (urlRules, field) =>
          app.state.workspace.edit((model) => ({ ...model, urlRules }), field),
      }}
    />
  )
  return <RulePage screen={screen} page="url-rules" form={form} />
}

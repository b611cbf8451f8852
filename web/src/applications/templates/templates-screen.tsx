import type { JSX } from 'preact'
import { inWords } from '../../../../src/model/condition-words.js'
import type { Template } from '../../../../src/model/document.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { Icon } from '../../components/icon.js'
import { Empty } from '../../components/states.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { ConditionsEditor } from '../conditions/conditions-editor.js'
import { NEW_CONDITION } from '../conditions/condition-kinds.js'
import { useProblem } from '../editor-context.js'
import { NameField } from '../fields/name-field.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { linkToRule } from '../rules/edit-rules.js'
import {
  freeName,
  templatesFor,
  templatesKey,
  usersOfTemplate,
  type RuleKind,
} from '../rules/rule-rows.js'

interface TemplateCardProps {
  readonly app: LoadedApplication
  readonly kind: RuleKind
  readonly index: number
  readonly template: Template
  readonly onTemplates: (templates: readonly Template[], field?: string) => void
}

function Users(props: Pick<TemplateCardProps, 'app' | 'kind' | 'template'>): JSX.Element {
  const { app, kind, template } = props
  const users = usersOfTemplate(app.model[kind], template.id)
  const segment = kind === 'rules' ? 'rule' : 'url-rule'
  if (users.length === 0) return <p class="soft">No rule uses it.</p>
  return (
    <p>
      <span class="soft">Used by </span>
      {users.map((id, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <a href={linkToRule(app.state.name, segment, id)}>{id}</a>
        </span>
      ))}
    </p>
  )
}

/** The rules of a model that refer to a template by its name, referring to another one. */
function renamedIn<Item extends { readonly template?: string }>(
  rules: readonly Item[],
  from: string,
  to: string,
): readonly Item[] {
  return rules.map((rule) => (rule.template === from ? { ...rule, template: to } : rule))
}

function TemplateCard(props: TemplateCardProps): JSX.Element {
  const { app, kind, index, template, onTemplates } = props
  const { workspace } = app.state
  const templates = templatesFor(app.model, kind)
  const at = `/${templatesKey(kind)}/${index}`
  const own = useProblem(`${at}/conditions`, 'at')
  const users = usersOfTemplate(app.model[kind], template.id)
  const rename = (id: string): void =>
    workspace.edit(
      (model) => ({
        ...model,
        [templatesKey(kind)]: templates.with(index, { ...template, id }),
        [kind]: renamedIn<{ readonly template?: string }>(model[kind], template.id, id),
      }),
      `${at}/id`,
    )
  const remove = (): void => {
    onTemplates(templates.toSpliced(index, 1))
    notify(`${template.id} is deleted in your draft.`, { undo: () => workspace.undo() })
  }
  return (
    <details class="card">
      <summary>
        <strong>{template.id}</strong>{' '}
        <span class="soft">{template.conditions.map(inWords).join(', and ')}</span>{' '}
        <Badge>{users.length === 1 ? '1 rule' : `${users.length} rules`}</Badge>
      </summary>
      <div class="stack">
        <Users app={app} kind={kind} template={template} />
        <NameField
          label="Name"
          name={template.id}
          taken={templates.flatMap(({ id }) => (id === template.id ? [] : [id]))}
          onName={rename}
        />
        {own && <p class="field-error">{own}</p>}
        <ConditionsEditor
          conditions={template.conditions}
          at={`${at}/conditions`}
          onConditions={(conditions, field) =>
            onTemplates(templates.with(index, { ...template, conditions }), field)
          }
        />
        <div>
          <Button onClick={remove} isDisabled={users.length > 0}>
            Delete {template.id}
          </Button>
          {users.length > 0 && <p class="soft small">It cannot go while rules use it.</p>}
        </div>
      </div>
    </details>
  )
}

function TemplateSection(props: {
  readonly app: LoadedApplication
  readonly kind: RuleKind
  readonly title: string
}): JSX.Element {
  const { app, kind, title } = props
  const templates = templatesFor(app.model, kind)
  const set = (next: readonly Template[], field?: string): void =>
    app.state.workspace.edit((model) => ({ ...model, [templatesKey(kind)]: next }), field)
  const add = (): void => {
    const taken = templates.map((template) => template.id)
    set([...templates, { id: freeName('New_template', taken), conditions: [NEW_CONDITION] }])
  }
  return (
    <section class="stack" aria-labelledby={`templates-${kind}`}>
      <div class="section-head">
        <h2 id={`templates-${kind}`}>{title}</h2>
        {app.canEdit && (
          <Button onClick={add} label={`New template: ${title}`}>
            <Icon name="plus" /> New template
          </Button>
        )}
      </div>
      {templates.length === 0 && <Empty title="There are none yet" />}
      {templates.map((template, index) => (
        <TemplateCard
          key={index}
          app={app}
          kind={kind}
          index={index}
          template={template}
          onTemplates={set}
        />
      ))}
    </section>
  )
}

/** Conditions that rules share. */
export function TemplatesScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="templates"
      title="Templates"
      lead="Conditions that rules share: one that changes changes every rule that has it."
    >
      {(app) => (
        <Editable canEdit={app.canEdit}>
          <TemplateSection app={app} kind="rules" title="For rules" />
          <TemplateSection app={app} kind="urlRules" title="For URL rules" />
        </Editable>
      )}
    </ApplicationPage>
  )
}

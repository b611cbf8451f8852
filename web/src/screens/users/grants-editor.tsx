import type { JSX } from 'preact'
import type { Grant } from '../../../../src/manage/api/accounts.js'
import { Button } from '../../components/button.js'
import { SelectField, TextField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { ROLE_CHOICES } from './grant-words.js'

interface GrantsEditorProps {
  readonly grants: readonly Grant[]
  /** Names of applications, to choose from. */
  readonly applications: readonly string[]
  /** What is wrong with a field. @param path `/0/on` */
  readonly problem: (path: string) => string | undefined
  readonly onChange: (grants: readonly Grant[]) => void
}

const KINDS = [
  { value: 'everything', title: 'Everything' },
  { value: 'lists', title: 'Lists' },
  { value: 'application', title: 'One application' },
] as const

type Kind = (typeof KINDS)[number]['value']

const PREFIX = 'application:'

function kindOf({ on }: Grant): Kind {
  if (on === '*') return 'everything'
  return on === 'lists' ? 'lists' : 'application'
}

const SUBJECTS: Readonly<Record<Kind, string>> = {
  everything: '*',
  lists: 'lists',
  application: PREFIX,
}

interface GrantRowProps {
  readonly grant: Grant
  readonly applications: readonly string[]
  readonly error: string | undefined
  readonly onChange: (grant: Grant) => void
  readonly onRemove: () => void
}

function GrantRow({ grant, applications, error, onChange, onRemove }: GrantRowProps): JSX.Element {
  const kind = kindOf(grant)
  return (
    <li class="field-row">
      <SelectField
        label="Role"
        value={grant.role}
        choices={ROLE_CHOICES}
        onSelect={(role) => onChange({ ...grant, role })}
      />
      <SelectField
        label="Of"
        value={kind}
        choices={KINDS}
        onSelect={(chosen) => onChange({ ...grant, on: SUBJECTS[chosen] })}
        error={kind === 'application' ? undefined : error}
      />
      {kind === 'application' && (
        <TextField
          label="Application"
          value={grant.on.slice(PREFIX.length)}
          suggestions={applications}
          onInput={(name) => onChange({ ...grant, on: `${PREFIX}${name}` })}
          error={error}
          isRequired
        />
      )}
      <Button tone="quiet" label={`Remove ${grant.role} of ${grant.on}`} onClick={onRemove}>
        <Icon name="close" />
      </Button>
    </li>
  )
}

/** The roles of somebody, and of what. */
export function GrantsEditor(props: GrantsEditorProps): JSX.Element {
  const { grants, applications, problem, onChange } = props
  return (
    <fieldset class="form">
      <legend>Roles</legend>
      <ul class="form">
        {grants.map((grant, i) => (
          <GrantRow
            key={i}
            grant={grant}
            applications={applications}
            error={problem(`/${i}`)}
            onChange={(changed) => onChange(grants.with(i, changed))}
            onRemove={() => onChange(grants.toSpliced(i, 1))}
          />
        ))}
      </ul>
      {grants.length === 0 && (
        <p class="soft small">Without a role one can sign in, and see nothing.</p>
      )}
      <div>
        <Button isSmall onClick={() => onChange([...grants, { role: 'viewer', on: '*' }])}>
          <Icon name="plus" /> Add a role
        </Button>
      </div>
    </fieldset>
  )
}

import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { StackComments, StackView } from '../../../../src/manage/api/applications.js'
import { isStack } from '../../../../src/model/values.js'
import { Badge, type Tone } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { CheckField, TextField } from '../../components/field.js'
import { Empty, Notice } from '../../components/states.js'
import { getOrKept } from '../../offline/kept-answers.js'
import type { ScreenProps } from '../../router/screens.js'
import { useLoaded } from '../../state/use-loaded.js'
import { useProblem } from '../editor-context.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { ReloadHosts } from './reload-hosts.js'
import { RemoveStack } from './remove-stack.js'
import { commentsPath, StackComment } from './stack-comment.js'
import { stackRows, withCommented, type FlavorRow, type StackRow } from './stack-rows.js'

type Host = StackView['hosts'][number]

const TONES: Readonly<Record<string, Tone>> = { healthy: 'good', unhealthy: 'bad' }

const HOSTS: readonly Column<Host>[] = [
  {
    title: 'Host',
    isHeader: true,
    cell: ({ ipv4, ipv6 }) => [ipv4, ipv6].filter((each) => each !== null).join(', '),
  },
  { title: 'Weight', cell: ({ weight }) => weight, isNumber: true },
  {
    title: 'State',
    cell: ({ state, serves }) => (
      <div>
        <Badge tone={TONES[state] ?? 'neutral'}>{state}</Badge>{' '}
        {!serves && <Badge tone="warning">takes no clients</Badge>}
      </div>
    ),
  },
  { title: 'Why', cell: ({ reason }) => reason },
]

function hostKey({ ipv4, ipv6 }: Host): string {
  return `${ipv4 ?? ''} ${ipv6 ?? ''}`
}

/** What is shown of a flavor beside its hosts. */
interface FlavorParts {
  /** @param more buttons beside those of the comment */
  readonly commentOn: (path: string, more: ComponentChildren) => JSX.Element | null
  /** What removes a stack without hosts. */
  readonly removalOf: (path: string) => JSX.Element | null
}

function Flavor(props: FlavorParts & { readonly flavor: FlavorRow }): JSX.Element {
  const { flavor, commentOn, removalOf } = props
  if (flavor.hosts.length > 0)
    return (
      <div class="stack">
        <Hosts flavor={flavor} />
        {commentOn(flavor.path, null)}
      </div>
    )
  return (
    <div class="stack">
      <p>
        <strong>{flavor.flavor}</strong> <span class="soft">No host is registered here.</span>
      </p>
      {commentOn(flavor.path, removalOf(flavor.path))}
    </div>
  )
}

function Hosts({ flavor }: { readonly flavor: FlavorRow }): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="flavor" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <strong>{flavor.flavor}</strong>{' '}
        <span class="soft">
          {flavor.serving} of {flavor.hosts.length} hosts take clients
        </span>
      </summary>
      {isOpen && (
        <DataTable
          caption={`Hosts of ${flavor.path}`}
          columns={HOSTS}
          rows={flavor.hosts}
          rowKey={hostKey}
        />
      )}
    </details>
  )
}

function StackCard(props: {
  readonly row: StackRow
  readonly canEdit: boolean
  readonly onWhitelisted: (isWhitelisted: boolean) => void
  readonly parts: FlavorParts
}): JSX.Element {
  const { row, canEdit, onWhitelisted, parts } = props
  return (
    <li class="card stack">
      <div class="section-head">
        <h2>
          {row.stack}{' '}
          {row.isChanged && (
            <Badge tone="accent">{row.isWhitelisted ? 'to be added' : 'to be removed'}</Badge>
          )}
        </h2>
        <CheckField
          label={
            <>
              Whitelisted<span class="visually-hidden">: {row.stack}</span>
            </>
          }
          isChecked={row.isWhitelisted}
          isDisabled={!canEdit}
          onChange={onWhitelisted}
        />
      </div>
      {row.flavors.length === 0 ? (
        <p class="soft">No host is registered here.</p>
      ) : (
        row.flavors.map((flavor) => <Flavor key={flavor.path} flavor={flavor} {...parts} />)
      )}
    </li>
  )
}

function AddStack({ onAdd }: { readonly onAdd: (stack: string) => void }): JSX.Element {
  const [stack, setStack] = useState('')
  const isGood = isStack(stack)
  return (
    <form
      class="field-row"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isGood) return
        onAdd(stack)
        setStack('')
      }}
    >
      <TextField
        label="Whitelist a stack without hosts"
        value={stack}
        placeholder="/DC/AZ"
        onInput={setStack}
        error={stack === '' || isGood ? undefined : `${stack} is not /DC/AZ`}
      />
      <Button type="submit" isDisabled={!isGood}>
        Add
      </Button>
    </form>
  )
}

/** The comments on the stacks of an application, and what shows them. */
function useComments({ state, canEdit }: LoadedApplication) {
  const { name, workspace } = state
  const address = commentsPath(name)
  const load = (signal: AbortSignal) => getOrKept<StackComments>(address, signal)
  const { value, error, reload } = useLoaded(load, [address])
  const texts = value?.comments ?? {}
  const commentOn: FlavorParts['commentOn'] = (path, more) => (
    <StackComment
      application={name}
      path={path}
      text={texts[path] ?? ''}
      canEdit={canEdit && value !== undefined}
      onChange={reload}
    >
      {more}
    </StackComment>
  )
  const isMissed = error !== undefined && !value && workspace.stored.value !== undefined
  const problem = isMissed ? error.message : undefined
  return { commented: Object.keys(texts), commentOn, problem, reload }
}

/** The stacks of an application with those that are commented on, but for those that one has just removed. */
function useStacks({ state, model }: LoadedApplication, commented: readonly string[]) {
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set())
  const known = withCommented(state.stacks.value, commented, model.whitelist)
  // Gateways hear of it a moment later.
  const stacks = known.filter(({ path, hosts }) => hosts.length > 0 || !removed.has(path))
  const onRemoved = (path: string): void => setRemoved(new Set([...removed, path]))
  return { stacks, onRemoved }
}

function Stacks(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  const [filter, setFilter] = useState('')
  const { workspace } = state
  const before = workspace.base.value?.whitelist ?? []
  const comments = useComments(app)
  const { stacks, onRemoved } = useStacks(app, comments.commented)
  const rows = stackRows(stacks, model.whitelist, before)
  const found = rows.filter(({ stack, flavors }) =>
    [stack, ...flavors.map(({ flavor }) => flavor)].some((text) =>
      text.toLowerCase().includes(filter.toLowerCase()),
    ),
  )
  const removalOf: FlavorParts['removalOf'] = (path) => {
    const onDone = (): void => {
      onRemoved(path)
      comments.reload()
      void state.reload()
    }
    return canEdit ? <RemoveStack application={state.name} path={path} onRemoved={onDone} /> : null
  }
  const problem = useProblem('/whitelist')
  const set = (stack: string, isWhitelisted: boolean): void =>
    workspace.edit((each) => ({
      ...each,
      whitelist: isWhitelisted
        ? [...each.whitelist, stack]
        : each.whitelist.filter((known) => known !== stack),
    }))
  return (
    <>
      <ReloadHosts {...app} />
      <TextField label="Filter" type="search" value={filter} onInput={setFilter} />
      {problem && <Notice tone="bad">{problem}</Notice>}
      {comments.problem && (
        <Notice tone="warning">Comments cannot be shown. {comments.problem}</Notice>
      )}
      {found.length === 0 && <Empty title="No stack is known" />}
      <ul class="stack" aria-label="Stacks">
        {found.map((row) => (
          <StackCard
            key={row.stack}
            row={row}
            canEdit={canEdit}
            onWhitelisted={(isWhitelisted) => set(row.stack, isWhitelisted)}
            parts={{ commentOn: comments.commentOn, removalOf }}
          />
        ))}
      </ul>
      <Editable canEdit={canEdit}>
        <AddStack
          onAdd={(stack) => {
            if (!model.whitelist.includes(stack)) set(stack, true)
          }}
        />
      </Editable>
    </>
  )
}

/** Where hosts of an application are, and which stacks take clients. */
export function StacksScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="stacks"
      title="Stacks"
      lead="Hosts of whitelisted stacks take clients."
    >
      {(app) => <Stacks {...app} />}
    </ApplicationPage>
  )
}

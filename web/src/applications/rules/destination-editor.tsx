import type { JSX } from 'preact'
import { NO_SERVER } from '../../../../src/model/defaults.js'
import type { Destination, Server, ServerGroup } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { CheckField } from '../../components/field.js'
import { Icon } from '../../components/icon.js'
import { moved, replaced } from '../conditions/condition-group.js'
import { useProblem } from '../editor-context.js'
import { NumberField } from '../fields/number-field.js'
import { ServerEditor } from './server-editor.js'

/** What edits the result of a rule. */
export interface ResultEditorProps<Result> {
  readonly result: Result
  /** JSON pointer of the outcome that has it. */
  readonly at: string
  /** @param field JSON pointer of where one types; empty for a step of its own */
  readonly onResult: (result: Result, field: string) => void
}

/** A server that leads to hosts of a flavor which is yet to be named. */
export const NEW_SERVER: Server = { ...NO_SERVER, path: '' }

function MemberEditor(props: {
  readonly server: Server
  readonly index: number
  readonly at: string
  readonly onServer: (server: Server | undefined, field: string) => void
  readonly onMove: (by: number) => void
}): JSX.Element {
  const { server, index, at, onServer, onMove } = props
  const name = `server ${index + 1}`
  return (
    <li class="card form">
      <div class="section-head">
        <strong>Server {index + 1}</strong>
        <div class="button-row">
          <Button isSmall label={`Move ${name} up`} onClick={() => onMove(-1)}>
            ↑
          </Button>
          <Button isSmall label={`Move ${name} down`} onClick={() => onMove(1)}>
            ↓
          </Button>
          <Button
            isSmall
            tone="quiet"
            label={`Remove ${name}`}
            onClick={() => onServer(undefined, '')}
          >
            <Icon name="close" />
          </Button>
        </div>
      </div>
      <ServerEditor server={server} at={at} onServer={onServer} />
    </li>
  )
}

function GroupEditor(props: ResultEditorProps<ServerGroup>): JSX.Element {
  const { result: group, at, onResult } = props
  const { servers, enablePrivate, countDownTime } = group
  const change = (next: readonly Server[], field: string): void =>
    onResult({ ...group, servers: next }, field)
  const own = useProblem(`${at}/servers`, 'at')
  return (
    <div class="form">
      {own && <p class="field-error">{own}</p>}
      <ol class="stack">
        {servers.map((server, index) => (
          <MemberEditor
            key={index}
            server={server}
            index={index}
            at={`${at}/servers/${index}`}
            onServer={(next, field) => change(replaced(servers, index, next), field)}
            onMove={(by) => change(moved(servers, index, by), '')}
          />
        ))}
      </ol>
      <div>
        <Button isSmall onClick={() => change([...servers, NEW_SERVER], '')}>
          <Icon name="plus" /> Server
        </Button>
      </div>
      <div class="field-row">
        <NumberField
          label="Countdown in seconds"
          description="Passed on to clients; -1 for none"
          value={countDownTime}
          error={useProblem(`${at}/countDownTime`)}
          onNumber={(value = -1) =>
            onResult({ ...group, countDownTime: value }, `${at}/countDownTime`)
          }
        />
        <CheckField
          label="Private mode, passed on to clients"
          isChecked={enablePrivate}
          onChange={(isChecked) => onResult({ ...group, enablePrivate: isChecked }, '')}
        />
      </div>
    </div>
  )
}

/** One server, or a group of servers that clients try in their order. */
export function DestinationEditor(props: ResultEditorProps<Destination>): JSX.Element {
  const { result, at, onResult } = props
  return result.kind === 'server' ? (
    <ServerEditor
      server={result.server}
      at={`${at}/server`}
      onServer={(server, field) => onResult({ kind: 'server', server }, field)}
    />
  ) : (
    <GroupEditor
      result={result.group}
      at={`${at}/group`}
      onResult={(group, field) => onResult({ kind: 'group', group }, field)}
    />
  )
}

import type { JSX } from 'preact'
import type { Server, Slice } from '../../../../src/model/document.js'
import { Button } from '../../components/button.js'
import { Icon } from '../../components/icon.js'
import { Notice } from '../../components/states.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { moved } from '../conditions/condition-group.js'
import { useProblem } from '../editor-context.js'
import { NumberField } from '../fields/number-field.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { NEW_SERVER } from '../rules/destination-editor.js'
import { ServerEditor } from '../rules/server-editor.js'
import {
  freeSliceId,
  mostPercent,
  movedPercent,
  PERCENT_STEP,
  sliceRows,
  withPercent,
  type SliceRow,
} from './slice-rows.js'
import { SliceTraffic, traffic, TrafficFields } from './traffic-view.js'

type OnSlices = (slices: readonly Slice[], field?: string) => void

function nameOf({ name, path, url }: Server): string {
  return path === undefined || path === '' ? name || url : path
}

function PercentFields(props: {
  readonly slices: readonly Slice[]
  readonly index: number
  readonly percent: number
  readonly onSlices: OnSlices
}): JSX.Element {
  const { slices, index, percent, onSlices } = props
  const field = `/distribution/${index}/percent`
  const name = nameOf(slices[index]?.server ?? NEW_SERVER)
  const most = mostPercent(slices, index)
  return (
    <div class="percent-fields">
      <input
        type="range"
        aria-label={`Percent of ${name}`}
        aria-valuetext={`${percent} percent`}
        min={0}
        max={most}
        step={most > 1 ? 0.5 : PERCENT_STEP}
        value={percent}
        onInput={({ currentTarget }) =>
          onSlices(withPercent(slices, index, Number(currentTarget.value)), field)
        }
      />
      <NumberField
        label="Percent"
        value={percent}
        min={PERCENT_STEP}
        max={most}
        error={useProblem(field)}
        onNumber={(value = NaN) =>
          onSlices(
            slices.map((slice, at) => (at === index ? { ...slice, percent: value } : slice)),
            field,
          )
        }
      />
    </div>
  )
}

function SliceButtons(props: {
  readonly app: LoadedApplication
  readonly index: number
  readonly name: string
  readonly onSlices: OnSlices
}): JSX.Element {
  const { app, index, name, onSlices } = props
  const { distribution } = app.model
  const remove = (): void => {
    onSlices(distribution.toSpliced(index, 1))
    notify(`The slice of ${name} is deleted in your draft.`, {
      undo: () => app.state.workspace.undo(),
    })
  }
  return (
    <div class="button-row">
      <Button
        isSmall
        label={`Move ${name} up`}
        onClick={() => onSlices(moved(distribution, index, -1))}
      >
        ↑
      </Button>
      <Button
        isSmall
        label={`Move ${name} down`}
        onClick={() => onSlices(moved(distribution, index, 1))}
      >
        ↓
      </Button>
      <Button isSmall label={`Delete the slice of ${name}`} onClick={remove}>
        Delete
      </Button>
    </div>
  )
}

function SliceCard(props: {
  readonly app: LoadedApplication
  readonly row: SliceRow
  readonly index: number
  readonly onSlices: OnSlices
}): JSX.Element {
  const { app, row, index, onSlices } = props
  const { distribution } = app.model
  const own = useProblem(`/distribution/${index}`, 'at')
  const name = nameOf(row.server)
  const setServer = (server: Server, field: string): void =>
    onSlices(
      distribution.map((slice, at) => (at === index ? { ...slice, server } : slice)),
      field,
    )
  return (
    <li class="card stack">
      <div class="section-head">
        <h2>{name || 'New slice'}</h2>
        {app.canEdit && <SliceButtons app={app} index={index} name={name} onSlices={onSlices} />}
      </div>
      {own && <p class="field-error">{own}</p>}
      <Editable canEdit={app.canEdit}>
        <PercentFields
          slices={distribution}
          index={index}
          percent={row.percent}
          onSlices={onSlices}
        />
      </Editable>
      <SliceTraffic row={row} name={name} />
      <Editable canEdit={app.canEdit}>
        <ServerEditor
          server={row.server}
          at={`/distribution/${index}/server`}
          onServer={setServer}
          needsPath
        />
      </Editable>
    </li>
  )
}

function DefaultCard(props: { readonly app: LoadedApplication; readonly row: SliceRow }) {
  const { app, row } = props
  return (
    <section class="card stack" aria-labelledby="default-server">
      <div class="section-head">
        <h2 id="default-server">Everybody else: {nameOf(row.server)}</h2>
        <strong class="remainder">{row.percent} %</strong>
      </div>
      <SliceTraffic row={row} name={nameOf(row.server)} />
      <Editable canEdit={app.canEdit}>
        <ServerEditor
          server={row.server}
          at="/defaultServer"
          onServer={(defaultServer, field) =>
            app.state.workspace.edit((model) => ({ ...model, defaultServer }), field)
          }
        />
      </Editable>
    </section>
  )
}

function ShareBar({ rows }: { readonly rows: readonly SliceRow[] }): JSX.Element {
  const words = rows.map(({ server, percent }) => `${nameOf(server)} ${percent} %`).join(', ')
  return (
    <svg class="share-bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img">
      <title>{words}</title>
      {rows.map(({ index, percent }, at) => {
        const from = rows.slice(0, at).reduce((sum, row) => sum + row.percent, 0)
        const tone = index === undefined ? 'rest' : `slice-${at % 4}`
        return (
          <rect
            key={at}
            class={tone}
            x={from}
            y={0}
            width={Math.max(0, Number.isFinite(percent) ? percent : 0)}
            height={4}
          />
        )
      })}
    </svg>
  )
}

function DistributionForm(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  const { workspace } = state
  const rows = sliceRows(model, state.stacks.value, traffic.value)
  const setSlices: OnSlices = (distribution, field) =>
    workspace.edit((each) => ({ ...each, distribution }), field)
  const base = workspace.base.value
  const movedShare = base ? movedPercent(base.distribution, model.distribution) : 0
  const own = useProblem('/distribution', 'at')
  const rest = rows.at(-1)
  const add = (): void => {
    const id = freeSliceId(model.distribution)
    const percent = Math.min(1, mostPercent(model.distribution, -1))
    setSlices([...model.distribution, { id, percent, server: NEW_SERVER }])
  }
  return (
    <>
      <TrafficFields />
      <ShareBar rows={rows} />
      {own && <Notice tone="bad">{own}</Notice>}
      {movedShare > 0 && (
        <Notice>{movedShare} % of the clients would move to another version than now.</Notice>
      )}
      <ul class="stack" aria-label="Slices">
        {model.distribution.map((slice, index) => {
          const row = rows[index]
          return row ? (
            <SliceCard key={slice.id} app={app} row={row} index={index} onSlices={setSlices} />
          ) : null
        })}
      </ul>
      {canEdit && (
        <div>
          <Button onClick={add}>
            <Icon name="plus" /> New slice
          </Button>
        </div>
      )}
      {rest && <DefaultCard app={app} row={rest} />}
    </>
  )
}

/** Which share of the clients gets which version. */
export function DistributionScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage
      name={params['app'] ?? ''}
      page="distribution"
      title="Distribution"
      lead="Shares of the clients that no rule takes. Each client stays in its slice; one that grows keeps all of its own."
    >
      {(app) => <DistributionForm {...app} />}
    </ApplicationPage>
  )
}

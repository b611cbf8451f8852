import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ChangeView, Proposal } from '../../../../src/manage/api/changes.js'
import type { ApplicationSettings, HostCheck } from '../../../../src/model/document.js'
import { textOf } from '../../api/api-error.js'
import { newAttempt } from '../../api/attempt.js'
import { apiPath, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { confirm } from '../../components/dialog.js'
import { CheckField, SelectField, TextField } from '../../components/field.js'
import { linkTo, navigate } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { notify } from '../../state/toasts.js'
import { useProblem } from '../editor-context.js'
import { leftOut } from '../fields/left-out.js'
import { NumberField } from '../fields/number-field.js'
import { ApplicationPage, Editable, type LoadedApplication } from '../page/application-page.js'
import { PolicyForm } from './policy-form.js'

type OnSettings = (settings: ApplicationSettings, field?: string) => void

interface FieldsProps {
  readonly settings: ApplicationSettings
  readonly onSettings: OnSettings
}

/** The settings with one of them that says something, or without it. */
function withSetting<Key extends keyof ApplicationSettings>(
  settings: ApplicationSettings,
  key: Key,
  value: ApplicationSettings[Key] | undefined,
): ApplicationSettings {
  // Only settings that may be absent are left out.
  const others = leftOut(settings, key) as ApplicationSettings
  return value === undefined ? others : { ...others, [key]: value }
}

const DISCOVERY = [
  { value: '', title: 'as the gateway is configured' },
  { value: 'dynamic', title: 'as they are registered' },
  { value: 'static', title: 'as they were when the model changed' },
] as const

const CHECKS = [
  { value: '', title: 'none' },
  { value: 'tcp', title: 'a connection' },
  { value: 'http', title: 'an HTTP request' },
] as const

function CheckFields({ settings, onSettings }: FieldsProps): JSX.Element {
  const { hostCheck } = settings
  const set = (check: HostCheck | undefined, field?: string): void =>
    onSettings(withSetting(settings, 'hostCheck', check), field)
  const portProblem = useProblem('/settings/hostCheck/port')
  const pathProblem = useProblem('/settings/hostCheck/path')
  return (
    <div class="field-row">
      <SelectField
        label="Hosts are checked by"
        value={hostCheck?.kind ?? ''}
        choices={CHECKS}
        onSelect={(kind) =>
          set(kind === '' ? undefined : { port: 80, path: '/', ...hostCheck, kind })
        }
      />
      {hostCheck && (
        <NumberField
          label="Port of the check"
          value={hostCheck.port}
          min={1}
          max={65_535}
          error={portProblem}
          onNumber={(port = NaN) => set({ ...hostCheck, port }, '/settings/hostCheck/port')}
        />
      )}
      {hostCheck?.kind === 'http' && (
        <TextField
          label="Path of the check"
          value={hostCheck.path}
          error={pathProblem}
          onInput={(path) => set({ ...hostCheck, path }, '/settings/hostCheck/path')}
        />
      )}
    </div>
  )
}

function HostFields({ settings, onSettings }: FieldsProps): JSX.Element {
  return (
    <>
      <div class="field-row">
        <NumberField
          label="Fewest hosts"
          description="Of the default server and the slices together; a model with fewer is not taken"
          value={settings.minimumHosts}
          min={0}
          error={useProblem('/settings/minimumHosts')}
          onNumber={(value = 0) =>
            onSettings(withSetting(settings, 'minimumHosts', value), '/settings/minimumHosts')
          }
        />
        <NumberField
          label="Most deviation, in percent"
          description="By which slices may have fewer hosts per client than the default; empty for any"
          value={settings.maximumDeviation}
          min={0}
          error={useProblem('/settings/maximumDeviation')}
          onNumber={(value) =>
            onSettings(
              withSetting(settings, 'maximumDeviation', value),
              '/settings/maximumDeviation',
            )
          }
        />
      </div>
      <SelectField
        label="Hosts are taken"
        value={settings.discovery ?? ''}
        choices={DISCOVERY}
        onSelect={(chosen) =>
          onSettings(withSetting(settings, 'discovery', chosen === '' ? undefined : chosen))
        }
      />
      <CheckField
        label="Hosts get the weights that they register with"
        isChecked={settings.registeredWeights}
        onChange={(value) => onSettings(withSetting(settings, 'registeredWeights', value))}
      />
      <CheckFields settings={settings} onSettings={onSettings} />
    </>
  )
}

async function removeApplication({ state }: LoadedApplication, attempt: string): Promise<void> {
  const { name, workspace } = state
  const question = {
    title: `Propose to remove ${name}?`,
    text: 'Once that is approved, gateways answer 404 for it. It can be rolled back.',
    action: 'Propose the removal',
    isDangerous: true,
  }
  if (!(await confirm(question))) return
  const body: Proposal = {
    subject: { kind: 'application', name },
    title: `Remove ${name}`,
    baseVersion: workspace.stored.value?.version ?? null,
    document: null,
  }
  const path = apiPath(['changes'])
  const { body: change } = await request<ChangeView>('POST', path, { body, attempt })
  navigate(linkTo(['changes', change.id]))
}

function Settings(app: LoadedApplication): JSX.Element {
  const { state, model, canEdit } = app
  const { settings } = model
  const [attempt] = useState(newAttempt)
  const onSettings: OnSettings = (next, field) =>
    state.workspace.edit((each) => ({ ...each, settings: next }), field)
  const remove = (): void =>
    void removeApplication(app, attempt).catch((error: unknown) =>
      notify(textOf(error), { tone: 'bad' }),
    )
  return (
    <>
      <Editable canEdit={canEdit}>
        <section class="card form" aria-labelledby="deciding">
          <h2 id="deciding">Deciding and hosts</h2>
          <CheckField
            label="Negated tests hold for a parameter that is missing (not so in Redirector)"
            isChecked={settings.missingMatches}
            onChange={(value) => onSettings(withSetting(settings, 'missingMatches', value))}
          />
          <HostFields settings={settings} onSettings={onSettings} />
        </section>
      </Editable>
      <PolicyForm
        subject={`application:${state.name}`}
        path={['applications', state.name, 'policy']}
      />
      {canEdit && state.workspace.stored.value && (
        <section class="card stack" aria-labelledby="remove">
          <h2 id="remove">Remove the application</h2>
          <div>
            <Button tone="danger" onClick={remove}>
              Propose to remove {state.name}
            </Button>
          </div>
        </section>
      )}
    </>
  )
}

/** What an application decides for itself, and who must agree to changes of it. */
export function ApplicationSettingsScreen({ params }: ScreenProps): JSX.Element {
  return (
    <ApplicationPage name={params['app'] ?? ''} page="settings" title="Settings">
      {(app) => <Settings {...app} />}
    </ApplicationPage>
  )
}

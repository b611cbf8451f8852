import type { JSX } from 'preact'
import type { Policy } from '../../../../src/manage/api/applications.js'
import { apiPath, request } from '../../api/client.js'
import { SelectField } from '../../components/field.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { may } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { useSubmission } from '../../state/use-submission.js'

const APPROVALS = [
  { value: 'required', title: 'have to be approved by somebody else' },
  { value: 'none', title: 'can be put into force by who wrote them' },
] as const satisfies readonly { value: Policy['approvals']; title: string }[]

/** Who must agree to changes of a subject; it is in force at once. @param path of the policy in the API */
export function PolicyForm(props: {
  readonly subject: string
  readonly path: readonly string[]
}): JSX.Element {
  const path = apiPath(props.path)
  const { value, error, reload } = useLoaded((signal) => request<Policy>('GET', path, { signal }))
  const submission = useSubmission()
  const save = async (approvals: Policy['approvals']): Promise<void> => {
    const options = { body: { approvals }, ifMatch: value?.etag }
    const isSaved = await submission.submit(() => request('PUT', path, options))
    if (isSaved) notify('The policy is in force.')
    reload()
  }
  return (
    <section class="card stack" aria-labelledby="policy">
      <h2 id="policy">Approval</h2>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      {error && <ErrorState error={error} retry={reload} />}
      {!value && !error && <Loading what="policy" />}
      {value && (
        <fieldset disabled={!may('administrator', props.subject) || submission.isBusy}>
          <SelectField
            label="Changes"
            value={value.body.approvals}
            choices={APPROVALS}
            description="Administrators decide this; it holds at once"
            onSelect={(approvals) => void save(approvals)}
          />
        </fieldset>
      )}
    </section>
  )
}

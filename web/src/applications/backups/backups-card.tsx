import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { FieldProblem } from '../../../../src/manage/api/problem.js'
import { newAttempt } from '../../api/attempt.js'
import { request } from '../../api/client.js'
import { Field } from '../../components/field.js'
import { ProblemList } from '../../components/problem-list.js'
import { Notice } from '../../components/states.js'
import { linkTo } from '../../router/route.js'
import { may } from '../../state/session.js'
import { useSubmission } from '../../state/use-submission.js'

interface Imported {
  /** Ids of change sets. */
  readonly changes: readonly string[]
  readonly problems: readonly FieldProblem[]
}

function Result({ changes, problems }: Imported): JSX.Element {
  return (
    <div class="stack" role="status">
      <p>
        {changes.length === 0 ? 'Nothing is otherwise than it was.' : 'Proposed: '}
        {changes.map((id, index) => (
          <span key={id}>
            {index > 0 && ', '}
            <a href={linkTo(['changes', id])}>change {index + 1}</a>
          </span>
        ))}
      </p>
      {problems.length > 0 && (
        <Notice tone="warning">
          <ProblemList problems={problems} />
        </Notice>
      )}
    </div>
  )
}

function ImportField(): JSX.Element {
  const [imported, setImported] = useState<Imported>()
  const [tried, setTried] = useState({ file: '', attempt: '' })
  const submission = useSubmission()
  const send = async (archive: File): Promise<void> => {
    const file = `${archive.name} ${archive.size} ${archive.lastModified}`
    // The same file again, after an answer that was lost, is the same attempt.
    const attempt = tried.file === file ? tried.attempt : newAttempt()
    setTried({ file, attempt })
    setImported(undefined)
    setImported((await request<Imported>('POST', '/api/backup', { archive, attempt })).body)
    setTried({ file: '', attempt: '' })
  }
  return (
    <>
      <Field
        label="Import a backup of Redirector"
        description="A zip archive; what is otherwise in it becomes changes, to be approved as any other"
        error={submission.failure}
      >
        {(ties) => (
          <input
            {...ties}
            type="file"
            accept=".zip,application/zip"
            disabled={submission.isBusy}
            // Browsers tell of no change when the same file is chosen once more.
            onClick={({ currentTarget }) => (currentTarget.value = '')}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? []
              if (file) void submission.submit(() => send(file))
            }}
          />
        )}
      </Field>
      {imported && <Result {...imported} />}
    </>
  )
}

/** Everything at once, out of here and into here; for those who may see everything. */
export function BackupsCard(): JSX.Element | null {
  if (!may('viewer', '*')) return null
  return (
    <section class="card stack" aria-labelledby="backups">
      <h2 id="backups">Backups</h2>
      <div class="button-row">
        {may('approver', '*') && (
          <a class="button" href="/api/bundle" download="">
            Download a signed bundle for gateways
          </a>
        )}
        <a class="button" href="/api/backup" download="">
          Download a backup for Redirector
        </a>
      </div>
      {may('editor', '*') && <ImportField />}
    </section>
  )
}

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ChangeView, HistoryEntry, HistoryView } from '../../../../src/manage/api/changes.js'
import { textOf } from '../../api/api-error.js'
import { newAttempt } from '../../api/attempt.js'
import { apiPath, get, request } from '../../api/client.js'
import { Button } from '../../components/button.js'
import { confirm } from '../../components/dialog.js'
import { DiffView } from '../../components/diff-view.js'
import { Empty, ErrorState, Loading } from '../../components/states.js'
import { linkTo, navigate } from '../../router/route.js'
import { may } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { timeWords } from '../changes/change-words.js'

interface Page {
  readonly items: readonly HistoryEntry[]
  readonly next: string | null
}

const PAGE_SIZE = 50

function Details({ subject, version }: { readonly subject: string; readonly version: number }) {
  const { value, error, reload } = useLoaded((signal) =>
    get<HistoryView>(apiPath(['history', String(version)], { subject }), signal),
  )
  if (error) return <ErrorState error={error} retry={reload} />
  return value ? <DiffView differences={value.diff} /> : <Loading what="differences" />
}

async function rollBack(
  subject: string,
  { version, title }: HistoryEntry,
  attempt: string,
): Promise<void> {
  const question = {
    title: `Roll back to version ${version}?`,
    text: `A change is proposed that makes it as it was with “${title}”. Somebody approves it as any other.`,
    action: 'Propose the roll-back',
  }
  if (!(await confirm(question))) return
  const path = apiPath(['history', String(version), 'rollback'], { subject })
  const { body } = await request<ChangeView>('POST', path, { body: {}, attempt })
  notify(`Proposed: ${body.title}`)
  navigate(linkTo(['changes', body.id]))
}

function Entry(props: {
  readonly entry: HistoryEntry
  readonly subject: string
  readonly isCurrent: boolean
}): JSX.Element {
  const { entry, subject, isCurrent } = props
  const [isOpen, setOpen] = useState(false)
  const [attempt] = useState(newAttempt)
  const { version, at, title, authors, approver, change, differences } = entry
  const roll = (): void =>
    void rollBack(subject, entry, attempt).catch((error: unknown) =>
      notify(textOf(error), { tone: 'bad' }),
    )
  return (
    <li class="card stack">
      <div class="section-head">
        <h2>
          Version {version}:{' '}
          {change === null ? title : <a href={linkTo(['changes', change])}>{title}</a>}
        </h2>
        {!isCurrent && may('editor', subject) && (
          <Button isSmall label={`Roll back to this: version ${version}`} onClick={roll}>
            Roll back to this
          </Button>
        )}
      </div>
      <p class="soft">
        {timeWords(at)}, {authors.length > 0 ? `by ${authors.join(', ')}` : 'from outside'}
        {approver !== null && `, approved by ${approver}`}
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          {differences === 1 ? '1 difference' : `${differences} differences`}
          <span class="visually-hidden"> of version {version}</span>
        </summary>
        {isOpen && <Details subject={subject} version={version} />}
      </details>
    </li>
  )
}

/** What became of an application or of the lists, the newest first. @param subject `application:shop`, or `lists` */
export function HistoryList({ subject }: { readonly subject: string }): JSX.Element {
  const [pages, setPages] = useState(1)
  const load = async (signal: AbortSignal): Promise<Page> => {
    const items: HistoryEntry[] = []
    let before: string | undefined
    for (let page = 0; page < pages; page++) {
      const path = apiPath(['history'], { subject, before, limit: PAGE_SIZE })
      const { items: more, next } = await get<Page>(path, signal)
      items.push(...more)
      if (next === null) return { items, next }
      before = next
    }
    return { items, next: before ?? null }
  }
  const { value, error, reload } = useLoaded(load, [pages])
  if (error) return <ErrorState error={error} retry={reload} />
  if (!value) return <Loading what="history" />
  return (
    <>
      {value.items.length === 0 && <Empty title="Nothing was changed here yet" />}
      <ol class="stack" aria-label="Versions">
        {value.items.map((entry, index) => (
          <Entry key={entry.version} entry={entry} subject={subject} isCurrent={index === 0} />
        ))}
      </ol>
      {value.next !== null && (
        <div>
          <Button onClick={() => setPages(pages + 1)}>Show more</Button>
        </div>
      )}
    </>
  )
}

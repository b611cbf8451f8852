import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ChangeView, ImpactView } from '../../../../src/manage/api/changes.js'
import type { FieldProblem } from '../../../../src/manage/api/problem.js'
import { apiPath, request, type Answer } from '../../api/client.js'
import { onEvent } from '../../api/event-stream.js'
import { textOf } from '../../api/api-error.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DiffView } from '../../components/diff-view.js'
import { PageHeader } from '../../components/page-header.js'
import { ProblemList } from '../../components/problem-list.js'
import { ErrorState, Loading, Notice } from '../../components/states.js'
import { Tabs } from '../../components/tabs.js'
import { linkTo } from '../../router/route.js'
import type { ScreenProps } from '../../router/screens.js'
import { may } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { ImpactReport } from '../impact/impact-view.js'
import { beginAmending } from './amend.js'
import { linkToChanges, STATE_TONES, subjectKey, subjectWords, timeWords } from './change-words.js'
import { CommentThread } from './comment-thread.js'
import { DecideForm } from './decide-form.js'

interface PartProps {
  readonly change: ChangeView
}

function isUndecided({ state }: ChangeView): boolean {
  return state === 'open' || state === 'scheduled' || state === 'failed'
}

function Facts({ change }: PartProps): JSX.Element {
  const { state, authors, createdAt, decision, applied, applyAt, baseVersion } = change
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <Badge tone={STATE_TONES[state]}>{state}</Badge>
      </dd>
      <dt>Of</dt>
      <dd>
        <a href={linkToChanges(change.subject)}>{subjectWords(change.subject)}</a>, version{' '}
        {baseVersion ?? 'none'}
      </dd>
      <dt>By</dt>
      <dd>
        {authors.join(', ')}, {timeWords(createdAt)}
      </dd>
      {decision && (
        <>
          <dt>Decided</dt>
          <dd>
            by {decision.by}, {timeWords(decision.at)}
            {decision.comment !== '' && <p class="said">{decision.comment}</p>}
          </dd>
        </>
      )}
      {applyAt !== null && (
        <>
          <dt>To be applied</dt>
          <dd>{timeWords(applyAt)}</dd>
        </>
      )}
      {applied && (
        <>
          <dt>Applied</dt>
          <dd>
            as version {applied.version}, {timeWords(applied.at)}
          </dd>
        </>
      )}
    </dl>
  )
}

function Told(props: {
  readonly title: string
  readonly tone: 'bad' | 'warning'
  readonly problems: readonly FieldProblem[]
}): JSX.Element | null {
  if (props.problems.length === 0) return null
  return (
    <Notice tone={props.tone}>
      <p>{props.title}</p>
      <ProblemList problems={props.problems} />
    </Notice>
  )
}

function ChangeImpact({ change }: PartProps): JSX.Element {
  const { value, error, reload } = useLoaded(
    async (signal) =>
      (
        await request<ImpactView>('POST', apiPath(['changes', change.id, 'impact']), {
          body: {},
          signal,
        })
      ).body,
    [change.revision],
  )
  if (error) return <ErrorState error={error} retry={reload} />
  return value ? <ImpactReport impact={value} /> : <Loading what="impact" />
}

function Content({ change }: PartProps): JSX.Element {
  const [tab, setTab] = useState<'diff' | 'impact'>('diff')
  const tabs = [
    { id: 'diff', title: `Differences (${change.diff.length})` },
    { id: 'impact', title: 'Impact' },
  ] as const
  if (change.document === null || !isUndecided(change))
    return <DiffView differences={change.diff} />
  return (
    <Tabs label="The change" tabs={tabs} current={tab} onSelect={setTab}>
      {tab === 'diff' ? <DiffView differences={change.diff} /> : <ChangeImpact change={change} />}
    </Tabs>
  )
}

function AmendButton({ change }: PartProps): JSX.Element | null {
  const canAmend =
    isUndecided(change) && change.document !== null && may('editor', subjectKey(change.subject))
  if (!canAmend) return null
  const begin = (): void =>
    void beginAmending(change).catch((error: unknown) => notify(textOf(error), { tone: 'bad' }))
  return <Button onClick={begin}>{change.isStale ? 'Merge and amend' : 'Amend'}</Button>
}

function Change(props: {
  readonly answer: Answer<ChangeView>
  readonly reload: () => void
}): JSX.Element {
  const { body: change, etag } = props.answer
  return (
    <>
      {change.failure !== '' && <Notice tone="bad">{change.failure}</Notice>}
      {change.isStale && (
        <Notice tone="warning">
          Version {change.currentVersion ?? 'none'} is stored by now, not{' '}
          {change.baseVersion ?? 'none'}. It has to be merged with that, and proposed anew.
        </Notice>
      )}
      <Told title="It cannot be approved as it is:" tone="bad" problems={change.problems} />
      <Told title="Doubtful, though allowed:" tone="warning" problems={change.warnings} />
      <section class="card stack">
        <Facts change={change} />
        {change.description !== '' && <p class="said">{change.description}</p>}
      </section>
      <Content change={change} />
      {isUndecided(change) && <DecideForm change={change} etag={etag} onDone={props.reload} />}
      <CommentThread change={change} onDone={props.reload} />
    </>
  )
}

/** One change set: what it changes, what that would do, and the decision. */
export function ChangeScreen({ params }: ScreenProps): JSX.Element {
  const id = params['id'] ?? ''
  const { value, error, reload } = useLoaded((signal) =>
    request<ChangeView>('GET', apiPath(['changes', id]), { signal }),
  )
  useEffect(() => onEvent('change', reload), [])
  return (
    <>
      <PageHeader
        title={value?.body.title ?? 'Change'}
        crumbs={[{ title: 'Changes', href: linkTo(['changes']) }]}
      >
        {value && <AmendButton change={value.body} />}
      </PageHeader>
      {error && <ErrorState error={error} retry={reload} />}
      {value ? <Change answer={value} reload={reload} /> : !error && <Loading what="change" />}
    </>
  )
}

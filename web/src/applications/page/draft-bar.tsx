import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DocumentProblem } from '../../../../src/model/document.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { notify } from '../../state/toasts.js'
import type { ApplicationState, ListsState } from '../application-state.js'
import type { Workspace } from '../draft/workspace.js'
import { ConflictList } from './conflict-list.js'
import { ProposeDialog } from './propose-dialog.js'

/** What the bar is about: an application or the lists. */
type Edited = ApplicationState | ListsState

function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`
}

function ConflictDialog<Content>(props: {
  readonly workspace: Workspace<Content>
  readonly onClose: () => void
}): JSX.Element {
  const { workspace, onClose } = props
  const conflicts = workspace.draft.value?.conflicts ?? []
  return (
    <Dialog
      title="The same was changed elsewhere"
      isWide
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      {conflicts.length === 0 ? (
        <p>Everything is decided.</p>
      ) : (
        <>
          <p>
            By somebody else, or by you in another window. Everything else is merged. Until it is
            decided, these are as you have them here.
          </p>
          <ConflictList
            conflicts={conflicts}
            onDecide={(conflict, side) => workspace.decide(conflict, side)}
          />
        </>
      )}
    </Dialog>
  )
}

function discard<Content>(workspace: Workspace<Content>): void {
  const count = workspace.differences.value.length
  const undo = workspace.discard()
  notify(`${counted(count, 'change')} discarded.`, { undo })
}

function Summary<Content>(props: {
  readonly workspace: Workspace<Content>
  readonly problems: readonly DocumentProblem[]
}): JSX.Element {
  const { differences, draft } = props.workspace
  const { queued = null, amends = null } = draft.value ?? {}
  const isWrong = props.problems.length > 0
  return (
    <div class="draft-summary" role="status">
      <strong>{counted(differences.value.length, 'change')}</strong>
      {amends && <span class="soft">of “{amends.title}”</span>}
      {queued ? (
        <Badge tone="warning" icon="waiting">
          waits to be sent
        </Badge>
      ) : (
        <span class="soft">not proposed yet</span>
      )}
      {isWrong && <Badge tone="bad">{counted(props.problems.length, 'problem')}</Badge>}
    </div>
  )
}

function BarButtons<Content>(props: {
  readonly workspace: Workspace<Content>
  readonly onReview: () => void
  readonly onConflicts: () => void
}): JSX.Element {
  const { workspace, onReview, onConflicts } = props
  const draft = workspace.draft.value
  const conflicts = draft?.conflicts.length ?? 0
  return (
    <div class="button-row">
      <Button isSmall isDisabled={!draft?.history.past.length} onClick={() => workspace.undo()}>
        Undo
      </Button>
      <Button isSmall isDisabled={!draft?.history.future.length} onClick={() => workspace.redo()}>
        Redo
      </Button>
      <Button isSmall onClick={() => discard(workspace)}>
        Discard
      </Button>
      {draft?.queued && (
        <Button isSmall onClick={() => workspace.queue(null)}>
          Do not send
        </Button>
      )}
      {conflicts > 0 ? (
        <Button isSmall tone="danger" onClick={onConflicts}>
          Decide {counted(conflicts, 'conflict')}
        </Button>
      ) : (
        <Button isSmall tone="primary" onClick={onReview}>
          Review and propose
        </Button>
      )}
    </div>
  )
}

/** What one has edited and nobody else sees yet; not there while nothing is. */
export function DraftBar({ state }: { readonly state: Edited }): JSX.Element | null {
  const [shown, setShown] = useState<'review' | 'conflicts'>()
  // Which of the two kinds of content it is makes no difference to the bar.
  const workspace = state.workspace as Workspace<unknown>
  const draft = workspace.draft.value
  const close = (): void => setShown(undefined)
  if (!draft) return null
  return (
    <section class="draft-bar" aria-label="Your changes">
      <Summary workspace={workspace} problems={state.problems.value} />
      <BarButtons
        workspace={workspace}
        onReview={() => setShown('review')}
        onConflicts={() => setShown('conflicts')}
      />
      {shown === 'review' && <ProposeDialog state={state} onClose={close} />}
      {shown === 'conflicts' && <ConflictDialog workspace={workspace} onClose={close} />}
    </section>
  )
}

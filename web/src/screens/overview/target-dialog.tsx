import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { OperatorWish } from '../../../../src/core/health.js'
import type { GroupView, TargetView } from '../../../../src/manage/status.js'
import { Button } from '../../components/button.js'
import { Dialog } from '../../components/dialog.js'
import { TextField } from '../../components/field.js'
import { Notice } from '../../components/states.js'
import { liveStatus } from '../../state/live-status.js'
import { useSubmission } from '../../state/use-submission.js'
import { changeTarget, wishOf } from './change-target.js'

interface TargetDialogProps {
  readonly group: GroupView
  readonly target: TargetView
  readonly onClose: () => void
}

const WISHES: Readonly<Record<OperatorWish, { title: string; meaning: string }>> = {
  enabled: { title: 'In service', meaning: 'Its checks decide whether clients are sent there.' },
  draining: {
    title: 'Draining',
    meaning: 'No new requests; those under way, and sessions that stick to it, go on.',
  },
  disabled: { title: 'Out of service', meaning: 'Nobody is sent there, whatever its checks say.' },
}

const ORDER: readonly OperatorWish[] = ['enabled', 'draining', 'disabled']

function WishChoice(props: {
  readonly chosen: OperatorWish
  readonly onChoose: (wish: OperatorWish) => void
}): JSX.Element {
  return (
    <fieldset class="choices">
      <legend>State</legend>
      {ORDER.map((wish) => (
        <label key={wish} class="check">
          <input
            type="radio"
            name="wish"
            checked={props.chosen === wish}
            onChange={() => props.onChoose(wish)}
          />
          <span>
            {WISHES[wish].title} <span class="small soft">{WISHES[wish].meaning}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** Others that serve the same group are not told. */
function Extent(): JSX.Element | null {
  const own = liveStatus.value?.process
  return own === undefined ? null : (
    <p class="small soft">
      Holds for process {own.pid} on {own.host} alone, with all its workers, until it is restarted.
      Other processes that serve this group have management listeners of their own.
    </p>
  )
}

function isLast({ targets }: GroupView, { id, serves }: TargetView): boolean {
  return serves && !targets.some((other) => other.id !== id && other.serves)
}

/** Takes a target out of service or back, or gives it another weight; what follows is said before. */
export function TargetDialog({ group, target, onClose }: TargetDialogProps): JSX.Element {
  const [wish, setWish] = useState(wishOf(target).state)
  const [weight, setWeight] = useState(String(wishOf(target).weight ?? ''))
  const submission = useSubmission(['/state', '/weight'])
  const apply = async (): Promise<void> => {
    const to = { state: wish, weight: weight === '' ? null : Number(weight) }
    if (await submission.submit(() => changeTarget(group.name, target, to))) onClose()
  }
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button tone="primary" isBusy={submission.isBusy} onClick={() => void apply()}>
        Apply
      </Button>
    </>
  )
  return (
    <Dialog title={`${target.address} of ${group.name}`} onClose={onClose} actions={actions}>
      {submission.failure && <Notice tone="bad">{submission.failure}</Notice>}
      <WishChoice chosen={wish} onChoose={setWish} />
      <TextField
        label="Weight"
        type="number"
        min={1}
        max={100}
        placeholder={String(target.weight)}
        value={weight}
        onInput={setWeight}
        description="Its share of the requests, against the weights of the others of its group: 1 to 100. Empty: as configured."
        error={submission.problem('/weight')}
      />
      <Extent />
      {wish !== 'enabled' && isLast(group, target) && (
        <Notice tone="warning">
          No other target of {group.name} serves: its clients will get errors.
        </Notice>
      )}
    </Dialog>
  )
}

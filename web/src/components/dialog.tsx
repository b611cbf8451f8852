import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './button.js'

interface DialogProps {
  readonly title: string
  /** Escape, or the button that closes it. */
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Buttons at its end; the first is the one that does nothing. */
  readonly actions?: ComponentChildren
  readonly isWide?: boolean
}

/** A modal dialog for as long as it is rendered; the focus stays in it, and goes back to where it was. */
export function Dialog({ title, onClose, children, actions, isWide }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the element goes away: a browser gives the focus back when a dialog is closed, not when it is removed.
  useLayoutEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={isWide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={id}>{title}</h2>
      <div class="dialog-body">{children}</div>
      {actions !== undefined && <div class="dialog-actions">{actions}</div>}
    </dialog>
  )
}

interface Question {
  readonly title: string
  readonly text: ComponentChildren
  /** What the button that goes on says: a verb. */
  readonly action: string
  readonly isDangerous?: boolean
}

const asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | undefined>(
  undefined,
)

/** Asks before what cannot be taken back; resolves to whether to go on. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    const answer = (yes: boolean): void => {
      asked.value = undefined
      resolve(yes)
    }
    asked.value = { ...question, answer }
  })
}

/** Shows what `confirm` asks; it is there once in the page. */
export function Confirmation(): JSX.Element | null {
  const { value } = asked
  if (!value) return null
  const actions = (
    <>
      <Button onClick={() => value.answer(false)}>Cancel</Button>
      <Button tone={value.isDangerous ? 'danger' : 'primary'} onClick={() => value.answer(true)}>
        {value.action}
      </Button>
    </>
  )
  return (
    <Dialog title={value.title} onClose={() => value.answer(false)} actions={actions}>
      {value.text}
    </Dialog>
  )
}

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { dismiss, toasts, type Toast } from '../state/toasts.js'
import { Button } from './button.js'
import { Icon } from './icon.js'

const SHOWN_MS = 8000
/** Longer, for one has to think. */
const SHOWN_WITH_UNDO_MS = 15_000

function ToastCard({ toast }: { readonly toast: Toast }): JSX.Element {
  const [isHeld, setHeld] = useState(false)
  const { id, text, tone, undo } = toast
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => dismiss(id), undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, isHeld])
  const takeBack = (): void => {
    dismiss(id)
    undo?.()
  }
  return (
    <li
      class={`toast ${tone}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span>{text}</span>
      {undo && (
        <Button isSmall onClick={takeBack} label={`Undo: ${text}`}>
          Undo
        </Button>
      )}
      <Button isSmall tone="quiet" onClick={() => dismiss(id)} label={`Dismiss: ${text}`}>
        <Icon name="close" />
      </Button>
    </li>
  )
}

/** Where notes appear; screen readers read what comes. */
export function ToastRegion(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
      <ul>
        {toasts.value.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </ul>
    </div>
  )
}

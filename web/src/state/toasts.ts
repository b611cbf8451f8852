import { signal, type ReadonlySignal } from '@preact/signals'

/** A note that goes by itself. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'neutral' | 'bad'
  /** Takes back what was done; absent where that cannot be. */
  readonly undo: (() => void) | undefined
}

const SHOWN_AT_MOST = 4
const list = signal<readonly Toast[]>([])
let lastId = 0

/** Those that are shown, the oldest first. */
export const toasts: ReadonlySignal<readonly Toast[]> = list

/** Tells what has happened, also to screen readers. @param undo offered for as long as the note is shown */
export function notify(text: string, { undo, tone = 'neutral' }: Partial<Toast> = {}): void {
  lastId += 1
  list.value = [...list.value, { id: lastId, text, tone, undo }].slice(-SHOWN_AT_MOST)
}

/** Takes a note away. */
export function dismiss(id: number): void {
  list.value = list.value.filter((toast) => toast.id !== id)
}

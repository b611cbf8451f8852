import { signal, type ReadonlySignal } from '@preact/signals'

const reached = signal(true)

/** Whether the service answered the last time it was asked, and could reach its store. */
export const isOnline: ReadonlySignal<boolean> = reached

/** Tells how it went when the service was asked. */
export function toldReachable(isReachable: boolean): void {
  reached.value = isReachable
}

import { effect } from '@preact/signals'
import { get } from '../api/client.js'
import { streamState } from '../api/event-stream.js'
import { isOnline } from './connection.js'

const FIRST_WAIT_MS = 2000
const LONGEST_WAIT_MS = 30_000

/** Asks the service whether it is there; how it went is told by `isOnline`. */
export async function probe(): Promise<void> {
  await get('/api/sign-in').catch(() => undefined)
}

/**
 * Asks for the service again and again while it cannot be reached, and at once when the browser has a network again.
 * @param onBack called whenever it is back; gives what ends it all
 */
export function watchConnection(onBack: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let wasOnline = true
  const tryIn = (waitMs: number): void => {
    timer = setTimeout(
      () => {
        void probe().then(() => {
          if (!isOnline.value) tryIn(Math.min(LONGEST_WAIT_MS, waitMs * 2))
        })
      },
      waitMs / 2 + (Math.random() * waitMs) / 2,
    )
  }
  const stop = effect(() => {
    const isBack = isOnline.value
    clearTimeout(timer)
    if (!isBack) tryIn(FIRST_WAIT_MS)
    else if (!wasOnline) onBack()
    wasOnline = isBack
  })
  const stopStream = effect(() => {
    // Whoever hears of events again can be asked again.
    if (streamState.value === 'live' && !isOnline.peek()) void probe()
  })
  const now = (): void => void probe()
  addEventListener('online', now)
  addEventListener('offline', now)
  return () => {
    stop()
    stopStream()
    clearTimeout(timer)
    removeEventListener('online', now)
    removeEventListener('offline', now)
  }
}

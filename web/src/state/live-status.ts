import { signal, type ReadonlySignal } from '@preact/signals'
import type { StatusView, TrafficView } from '../../../src/manage/status.js'
import { get } from '../api/client.js'
import { onEvent, streamState } from '../api/event-stream.js'

/** How many moments are kept for charts; there is one a second while the stream is live. */
export const KEPT_MOMENTS = 120
const POLL_MS = 3000

/** A moment of the recent past. */
export type Moment = Pick<TrafficView, 'requestsPerSecond' | 'errorsPerSecond' | 'p50Ms' | 'p99Ms'>

const status = signal<StatusView | undefined>(undefined)
const failure = signal<Error | undefined>(undefined)
const past = signal<ReadonlyMap<string, readonly Moment[]>>(new Map())

/** The service as it is; undefined before the first word of it. */
export const liveStatus: ReadonlySignal<StatusView | undefined> = status

/** Why there is no newer one; undefined while there is. */
export const statusFailure: ReadonlySignal<Error | undefined> = failure

/** The recent past of a group, the oldest moment first. */
export function momentsOf(group: string): readonly Moment[] {
  return past.value.get(group) ?? []
}

function take(view: StatusView): void {
  // By stream and by request the same moment may come twice, and an older one late.
  if (status.value && view.at <= status.value.at) return
  const moments = view.groups.map(({ name, requestsPerSecond, errorsPerSecond, p50Ms, p99Ms }) => {
    const moment = { requestsPerSecond, errorsPerSecond, p50Ms, p99Ms }
    return [name, [...(past.value.get(name) ?? []), moment].slice(-KEPT_MOMENTS)] as const
  })
  past.value = new Map(moments)
  status.value = view
  failure.value = undefined
}

/** Asks at once, so that what somebody did is seen without waiting for the next word of the stream. */
export async function refreshStatus(signal?: AbortSignal): Promise<void> {
  try {
    take(await get<StatusView>('/api/status', signal))
  } catch (error) {
    if (!signal?.aborted) failure.value = error instanceof Error ? error : new Error(String(error))
  }
}

/** Follows the stream, and asks again and again while there is none. Gives what ends it. */
export function followStatus(): () => void {
  const abort = new AbortController()
  // What the service sends by that name is a StatusView.
  const end = onEvent('status', (data) => take(data as StatusView))
  let isAsking = false
  const ask = (): void => {
    // An answer may take as long as somebody takes to sign in again.
    if (isAsking) return
    isAsking = true
    void refreshStatus(abort.signal).finally(() => (isAsking = false))
  }
  const timer = setInterval(() => {
    if (streamState.value !== 'live') ask()
  }, POLL_MS)
  ask()
  return () => {
    abort.abort()
    clearInterval(timer)
    end()
  }
}

import { signal, type ReadonlySignal } from '@preact/signals'

/** How it stands with the stream: `lost` while it waits to try again. */
export type StreamState = 'off' | 'connecting' | 'live' | 'lost'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000
const LISTENED = ['status', 'model', 'lists', 'change'] as const

/** A kind of event. */
export type EventName = (typeof LISTENED)[number]

const state = signal<StreamState>('off')
const listeners = new Map<EventName, Set<(data: unknown) => void>>()
let source: EventSource | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0

/** How it stands with the stream of events. */
export const streamState: ReadonlySignal<StreamState> = state

/** Up to twice as long each time, at random, so that not everybody comes back at once. */
function waitMs(): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
  return ceiling / 2 + (Math.random() * ceiling) / 2
}

function tell(name: EventName, text: string): void {
  const data: unknown = JSON.parse(text)
  for (const listener of listeners.get(name) ?? []) listener(data)
}

function connect(): void {
  state.value = failures === 0 ? 'connecting' : 'lost'
  const opened = new EventSource('/api/events')
  source = opened
  opened.onopen = () => {
    failures = 0
    state.value = 'live'
  }
  // The browser tries again by itself, but at a fixed pace, and not at all after some answers.
  opened.onerror = () => {
    opened.close()
    state.value = 'lost'
    timer = setTimeout(connect, waitMs())
    failures += 1
  }
  for (const name of LISTENED) {
    opened.addEventListener(name, ({ data }: MessageEvent<string>) => tell(name, data))
  }
}

/** Connects, and again whenever it is lost. */
export function openStream(): void {
  if (state.value === 'off') connect()
}

/** Ends it. */
export function closeStream(): void {
  clearTimeout(timer)
  source?.close()
  failures = 0
  state.value = 'off'
}

/** Told of each event of a kind; what an event holds is in the HTTP API. Gives what ends it. */
export function onEvent(name: EventName, listener: (data: unknown) => void): () => void {
  const own = listeners.get(name) ?? new Set()
  listeners.set(name, own.add(listener))
  return () => void own.delete(listener)
}

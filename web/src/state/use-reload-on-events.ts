import { useEffect, useRef } from 'preact/hooks'
import { onEvent, type EventName } from '../api/event-stream.js'

/** How long a burst of events is let pass before it is loaded again. */
const SETTLING_MS = 250

/** Loads again when one of these events has come. */
export function useReloadOnEvents(names: readonly EventName[], reload: () => void): void {
  const latest = useRef(reload)
  latest.current = reload
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ends = names.map((name) =>
      onEvent(name, () => {
        clearTimeout(timer)
        timer = setTimeout(() => latest.current(), SETTLING_MS)
      }),
    )
    return () => {
      clearTimeout(timer)
      for (const end of ends) end()
    }
  }, [])
}

import { useEffect, useState } from 'preact/hooks'

/** Something that is asked of the service. */
export interface Loaded<T> {
  /** What was last loaded; it stays while it is loaded again, and when that fails. */
  readonly value: T | undefined
  readonly error: Error | undefined
  readonly isLoading: boolean
  readonly reload: () => void
}

/**
 * Loads when first shown, when one of `inputs` is another than before, and on `reload`.
 * @param load gets a signal that is aborted when the answer is wanted no more
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[] = [],
): Loaded<T> {
  const [turn, setTurn] = useState(0)
  const [outcome, setOutcome] = useState<Omit<Loaded<T>, 'reload'>>({
    value: undefined,
    error: undefined,
    isLoading: true,
  })
  useEffect(() => {
    const abort = new AbortController()
    setOutcome((before) => ({ ...before, isLoading: true }))
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setOutcome({ value, error: undefined, isLoading: false })
      },
      (reason: unknown) => {
        const error = reason instanceof Error ? reason : new Error(String(reason))
        if (!abort.signal.aborted) setOutcome(({ value }) => ({ value, error, isLoading: false }))
      },
    )
    return () => abort.abort()
  }, [...inputs, turn])
  return { ...outcome, reload: () => setTurn((count) => count + 1) }
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly dur?: number
  /** Microseconds that the thread was running. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * For how many ms the main threads of pages were busy, by a trace of Chromium (Trace Event Format): the sum of their tasks,
 * which do not overlap.
 */
export function mainThreadMs(trace: Buffer): number {
  // Chromium writes it; what is read of it is optional or in every event.
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`
  const named = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const threads = new Set(named.map(threadOf))
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && event.name.endsWith('RunTask') && threads.has(threadOf(event)),
  )
  return tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000
}

import pino from 'pino'

/** Where everything that happens is told: JSON lines on standard output. */
export type Log = pino.Logger

/** How much is told. */
export type LogLevel = pino.LevelWithSilent

/** The log of this process. Lines are written behind the caller's back; `flushLog` before an exit. */
export function createLog(level: LogLevel): Log {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 0 })
  // Whoever read the log is gone: requests matter more.
  destination.on('error', () => undefined)
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  )
}

/** Where the lines of a log go, for whoever has lines of their own to add. */
export function streamOf(log: Log): pino.DestinationStream {
  // Every logger has one, which its type does not say.
  const { [pino.symbols.streamSym]: stream } = log as unknown as {
    readonly [pino.symbols.streamSym]: pino.DestinationStream
  }
  return stream
}

/** Writes out what the log still holds. */
export async function flushLog(log: Log): Promise<void> {
  await new Promise<void>((resolve) => log.flush(() => resolve()))
}

import type { Config } from '../config.js'
import { createLog, flushLog } from '../telemetry/log.js'
import { Service } from './service.js'

/** Longest delay of Node's timers. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Runs until a signal ends it; sets the exit code, and ends the process. */
export async function runService(config: Config, warnings: readonly string[]): Promise<void> {
  const log = createLog(config.logLevel)
  for (const warning of warnings) log.warn({ warning }, 'configuration')
  const service = new Service(config, log)
  // Where nothing listens, nothing else keeps the process: timers of the clock do not.
  setInterval(() => undefined, LONGEST_DELAY_MS)
  let signals = 0
  const end = (signal: NodeJS.Signals): void => {
    signals++
    // Whoever asks twice does not want to wait.
    if (signals > 1) process.exit(1)
    void service.stop(signal).then(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('SIGHUP', () => void service.reload())
  try {
    await service.start()
  } catch (error) {
    log.fatal({ err: error }, 'not started')
    await flushLog(log)
    process.exit(1)
  }
}

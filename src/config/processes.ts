import { availableParallelism } from 'node:os'
import { anyText, milliseconds, oneOf, wholeNumber } from './parsers.js'
import type { Variables } from './variable.js'

const MOST_WORKERS = 1024

function workerCount(text: string): number {
  if (text === 'auto') return availableParallelism()
  try {
    return wholeNumber(0, MOST_WORKERS)(text)
  } catch (error) {
    throw new Error(`must be auto or a whole number from 0 to ${MOST_WORKERS}`, { cause: error })
  }
}

/** The variables of the process itself. */
export const processVariables = {
  WORKERS: {
    parse: workerCount,
    default: '0',
    meaning:
      'processes that serve clients; `0` = one process does everything; `auto` = as many as there are cores',
    example: 'auto',
  },
  LOG_LEVEL: {
    parse: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    meaning:
      'least severe line that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`; JSON on standard output',
    example: 'debug',
  },
  SHUTDOWN_GRACE: {
    parse: milliseconds(0),
    default: '10000',
    unit: 'ms',
    meaning:
      'how long requests under way may take to finish after SIGTERM or SIGINT; what is left then is cut, and a second signal cuts at once',
    example: '30000',
  },
  ENV_FILE: {
    parse: anyText,
    unset: 'none',
    meaning:
      'file with further variables, see [below](#where-variables-come-from-and-reload); means nothing inside the file itself',
    example: '/etc/pointsman.env',
  },
} as const satisfies Variables

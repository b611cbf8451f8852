import { PointsmanError } from '../../core/errors.js'

/** Others may write at the same time so often in a row. */
const MOST_TRIES = 5

/** Whether an error says that somebody else was faster. */
export function isConflict(error: unknown): boolean {
  return error instanceof PointsmanError && error.code === 'STORE_CONFLICT'
}

/**
 * Does something again, from reading on, as long as others are faster.
 * @throws what `work` throws; PointsmanError STORE_CONFLICT when that never ends
 */
export async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++)
    try {
      return await work()
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error
    }
}

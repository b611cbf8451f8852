import type { PointsmanError } from '../core/errors.js'
import type { StoreReport } from './model-store.js'

/** What is wrong by now with the things that a store depends on, so that each is told once. */
export class Troubles {
  private readonly report: StoreReport
  private readonly messages = new Map<string, string>()

  constructor(report: StoreReport) {
    this.report = report
  }

  /** @param error undefined when it is well */
  tell(subject: string, error: PointsmanError | undefined): void {
    if (this.messages.get(subject) === error?.message) return
    if (error) this.messages.set(subject, error.message)
    else this.messages.delete(subject)
    this.report({ subject, error })
  }

  /** Everything that is told as wrong and that `isKept` does not hold of is well. */
  clear(isKept: (subject: string) => boolean): void {
    for (const subject of [...this.messages.keys()])
      if (!isKept(subject)) this.tell(subject, undefined)
  }
}

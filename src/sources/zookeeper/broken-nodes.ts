import { PointsmanError } from '../../core/errors.js'
import type { SourceReport } from '../source.js'

/** Nodes that cannot be used, each of which is told once, and once more when it can. */
export class BrokenNodes {
  private readonly report: SourceReport
  private readonly known = new Map<string, string>()

  constructor(report: SourceReport) {
    this.report = report
  }

  /** @param problem why the node cannot be used; undefined when it can */
  look(path: string, problem: string | undefined): void {
    if (problem === this.known.get(path)) return
    const subject = `node ${path}`
    if (problem === undefined) {
      this.known.delete(path)
      this.report({ subject, error: undefined })
    } else {
      this.known.set(path, problem)
      this.report({ subject, error: new PointsmanError('SOURCE_LOST', problem) })
    }
  }

  /** The node is gone, and its problem with it. */
  forget(path: string): void {
    this.known.delete(path)
  }
}

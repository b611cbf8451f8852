import type { FieldProblem, ProblemView } from '../../../src/manage/api/problem.js'

/** The service said no; `message` is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** What is wrong with single fields; empty when it is about the whole. */
  readonly errors: readonly FieldProblem[]
  /** What is there by now; of 409, 412 and 422 alone. */
  readonly current: unknown

  constructor({ status, title, detail, errors, current }: ProblemView) {
    super(detail ?? title)
    this.status = status
    this.errors = errors ?? []
    this.current = current
  }

  /** Whether somebody else changed it meanwhile. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412
  }
}

/** The service could not be reached, or did not answer in time. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** Whether an answer says that the service has no store, or what stands before it has no service. */
export function isOutage(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

/** What to tell people of any error. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The problems of one field. @param path JSON pointer, or one that begins with it */
export function problemAt(errors: readonly FieldProblem[], path: string): string | undefined {
  const own = errors.filter((each) => each.path === path || each.path.startsWith(`${path}/`))
  return own.length > 0 ? own.map(({ message }) => message).join(' ') : undefined
}

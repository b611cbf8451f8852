import type { FieldProblem } from '../api/problem.js'

/** What an answer that refuses says beside its status. */
export interface RefusalParts {
  /** In words, for people. */
  readonly detail?: string
  /** What is wrong with the fields of what was sent. */
  readonly errors?: readonly FieldProblem[]
  /** What is there by now, for status 409, 412 and 422. */
  readonly current?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by whoever handles an operator's request that is not granted; it becomes the answer. */
export class Refusal extends Error {
  readonly status: number
  readonly parts: RefusalParts

  constructor(status: number, parts: RefusalParts = {}) {
    super(parts.detail ?? `Refused with status ${status}`)
    this.name = 'Refusal'
    this.status = status
    this.parts = parts
  }
}

/** A refusal of one field. */
export function refusedField(path: string, message: string): Refusal {
  return new Refusal(400, { detail: message, errors: [{ path, code: '', message }] })
}

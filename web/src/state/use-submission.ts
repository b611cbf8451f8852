import { useState } from 'preact/hooks'
import type { FieldProblem } from '../../../src/manage/api/problem.js'
import { ApiError, problemAt, textOf } from '../api/api-error.js'

/** The sending of a form. */
export interface Submission {
  readonly isBusy: boolean
  /** What went wrong as a whole; undefined when nothing did, or only fields are wrong. */
  readonly failure: string | undefined
  readonly errors: readonly FieldProblem[]
  /** What is wrong with a field. @param path JSON pointer into the body */
  readonly problem: (path: string) => string | undefined
  /** Runs it unless one is under way; resolves to whether it went well. */
  readonly submit: (action: () => Promise<unknown>) => Promise<boolean>
}

/** @param fields JSON pointers of the fields that the form has: what is wrong elsewhere is told as `failure` */
export function useSubmission(fields: readonly string[] = []): Submission {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const [errors, setErrors] = useState<readonly FieldProblem[]>([])

  const fail = (error: unknown): void => {
    const all = error instanceof ApiError ? error.errors : []
    const isShown = ({ path }: FieldProblem): boolean =>
      fields.some((field) => path === field || path.startsWith(`${field}/`))
    const others = all.filter((each) => !isShown(each)).map(({ message }) => message)
    setErrors(all)
    if (all.length === 0) setFailure(textOf(error))
    else setFailure(others.length > 0 ? others.join(' ') : undefined)
  }

  const submit = async (action: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy) return false
    setBusy(true)
    setFailure(undefined)
    setErrors([])
    try {
      await action()
      return true
    } catch (error) {
      fail(error)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failure, errors, problem: (path) => problemAt(errors, path), submit }
}

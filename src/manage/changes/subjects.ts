import { Type } from 'typebox'
import type { Subject } from '../api/changes.js'

/** A subject as addresses name it: `lists`, or `application:` and its name. */
export const SubjectKey = Type.String({
  pattern: '^(lists|application:[^/\\x00-\\x1f\\x7f]{1,200})$',
})

/** What a key of `SubjectKey` names. */
export function subjectOf(key: string): Subject {
  if (key === 'lists') return { kind: 'lists' }
  return { kind: 'application', name: key.slice('application:'.length) }
}

/** The name of an application; what is in it stands in keys and addresses. */
export const ApplicationName = Type.String({ pattern: '^[^/\\x00-\\x1f\\x7f]{1,200}$' })

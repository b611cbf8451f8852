import type { ChangeState, Subject } from '../../../../src/manage/api/changes.js'
import type { Tone } from '../../components/badge.js'
import { linkTo } from '../../router/route.js'

/** How each state of a change set is shown. */
export const STATE_TONES: Readonly<Record<ChangeState, Tone>> = {
  open: 'accent',
  scheduled: 'warning',
  applied: 'good',
  rejected: 'bad',
  withdrawn: 'neutral',
  failed: 'bad',
}

/** The subject of grants: `application:shop`, or `lists`. */
export function subjectKey(subject: Subject): string {
  return subject.kind === 'lists' ? 'lists' : `application:${subject.name}`
}

/** What a change set is about, in words. */
export function subjectWords(subject: Subject): string {
  return subject.kind === 'lists' ? 'Lists' : subject.name
}

/** Where all changes of the same subject are. */
export function linkToChanges(subject: Subject): string {
  return subject.kind === 'lists'
    ? linkTo(['list-changes'])
    : linkTo(['applications', subject.name, 'changes'])
}

/** A time as people read it. @param at ISO 8601 */
export function timeWords(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

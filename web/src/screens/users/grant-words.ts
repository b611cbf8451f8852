import type { Grant, RoleName } from '../../../../src/manage/api/accounts.js'
import type { Choice } from '../../components/field.js'

/** What each role may do, in words. */
export const ROLE_CHOICES: readonly Choice<RoleName>[] = [
  { value: 'viewer', title: 'Viewer: looks' },
  { value: 'editor', title: 'Editor: proposes changes' },
  { value: 'approver', title: 'Approver: decides on changes of others' },
  { value: 'administrator', title: 'Administrator: all of it, and keeps users' },
]

/** Of what a grant is: `everything`, `lists`, `application shop`. */
export function grantedOn({ on }: Pick<Grant, 'on'>): string {
  if (on === '*') return 'everything'
  return on === 'lists' ? 'lists' : on.replace(/^application:/, 'application ')
}

import type { RoleName } from '../../../src/manage/api/accounts.js'

/** A section of the navigation. */
export interface Section {
  readonly title: string
  /** First segment of its addresses. */
  readonly segment: string
  /** Who sees it: who holds the role on everything; left out: everybody who is signed in. */
  readonly role?: RoleName
}

/** The navigation, in groups. */
export const SECTIONS: readonly (readonly Section[])[] = [
  [
    { title: 'Overview', segment: 'overview' },
    { title: 'Gateways', segment: 'gateways' },
  ],
  [
    { title: 'Applications', segment: 'applications' },
    { title: 'Lists', segment: 'lists' },
    { title: 'Changes', segment: 'changes' },
  ],
  [
    { title: 'Users', segment: 'users', role: 'administrator' },
    { title: 'Audit log', segment: 'audit', role: 'administrator' },
    { title: 'Tokens', segment: 'tokens' },
    { title: 'Settings', segment: 'settings' },
  ],
]

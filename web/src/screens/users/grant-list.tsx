import type { JSX } from 'preact'
import type { Grant } from '../../../../src/manage/api/accounts.js'
import { Badge } from '../../components/badge.js'
import { grantedOn } from './grant-words.js'

/** Roles as words. */
export function GrantList({ grants }: { readonly grants: readonly Grant[] }): JSX.Element {
  if (grants.length === 0) return <span class="soft">none</span>
  return (
    <ul class="grants">
      {grants.map((grant) => (
        <li key={`${grant.role} ${grant.on}`}>
          <Badge>{grant.role}</Badge> <span class="soft">of</span> {grantedOn(grant)}
        </li>
      ))}
    </ul>
  )
}

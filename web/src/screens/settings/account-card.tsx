import type { JSX } from 'preact'
import { Moment } from '../../components/moment.js'
import { sessionState, user } from '../../state/session.js'
import { GrantList } from '../users/grant-list.js'

/** Who one is, and what one may do. */
export function AccountCard(): JSX.Element {
  const { value } = sessionState
  const account = user.value
  return (
    <section class="card stack" aria-labelledby="account">
      <h2 id="account">Account</h2>
      <dl class="facts">
        <dt>User</dt>
        <dd>{account?.name}</dd>
        <dt>Name</dt>
        <dd>{account?.displayName}</dd>
        <dt>Roles</dt>
        <dd>
          <GrantList grants={account?.grants ?? []} />
        </dd>
        <dt>Session ends</dt>
        <dd>{'session' in value && <Moment at={value.session.expiresAt} />}</dd>
      </dl>
    </section>
  )
}

import type { JSX } from 'preact'
import { PageHeader } from '../../components/page-header.js'
import { user } from '../../state/session.js'
import { AboutCard } from './about-card.js'
import { AccountCard } from './account-card.js'
import { PasswordCard } from './password-card.js'
import { ThemeCard } from './theme-card.js'

/** One's own account, and how the page looks. */
export function SettingsScreen(): JSX.Element {
  return (
    <>
      <PageHeader title="Settings" lead="Your account, and how this page looks." />
      <div class="cards">
        <AccountCard />
        {user.value?.signIn === 'password' && <PasswordCard />}
        <ThemeCard />
        <AboutCard />
      </div>
    </>
  )
}

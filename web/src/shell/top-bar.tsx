import type { JSX } from 'preact'
import { streamState, type StreamState } from '../api/event-stream.js'
import { Badge, type Tone } from '../components/badge.js'
import { Button } from '../components/button.js'
import { Icon } from '../components/icon.js'
import { textOf } from '../api/api-error.js'
import { signOut } from '../offline/sign-out.js'
import { user } from '../state/session.js'
import { isDark, theme } from '../state/theme.js'
import { notify } from '../state/toasts.js'
import { isMenuOpen } from './navigation.js'

const CONNECTIONS: Readonly<Record<StreamState, { tone: Tone; text: string }>> = {
  off: { tone: 'neutral', text: 'Not connected' },
  connecting: { tone: 'neutral', text: 'Connecting' },
  live: { tone: 'good', text: 'Live' },
  lost: { tone: 'warning', text: 'Not live' },
}

function leave(): void {
  signOut().catch((error: unknown) => {
    notify(`You are still signed in. ${textOf(error)}`, { tone: 'bad' })
  })
}

function ThemeSwitch(): JSX.Element {
  const other = isDark.value ? 'light' : 'dark'
  return (
    <Button tone="quiet" label={`Use ${other} colours`} onClick={() => (theme.value = other)}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </Button>
  )
}

/** What stands above every page: the menu's button, the name, how live it is, who one is. */
export function TopBar(): JSX.Element {
  const { tone, text } = CONNECTIONS[streamState.value]
  return (
    <header class="top-bar">
      <span class="menu-button">
        <Button
          tone="quiet"
          label="Menu"
          isExpanded={isMenuOpen.value}
          controls="navigation"
          onClick={() => (isMenuOpen.value = !isMenuOpen.value)}
        >
          <Icon name="menu" />
        </Button>
      </span>
      <a class="brand" href="#/overview">
        <img src="favicon.svg" alt="" width="24" height="24" /> Pointsman
      </a>
      <span class="top-bar-state">
        <Badge tone={tone}>{text}</Badge>
      </span>
      <ThemeSwitch />
      <a class="who" href="#/settings">
        {user.value?.displayName || user.value?.name}
      </a>
      <Button tone="quiet" onClick={leave}>
        Sign out
      </Button>
    </header>
  )
}

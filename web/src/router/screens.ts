import type { ComponentType } from 'preact'
import { APPLICATION_SCREENS } from '../applications/screens.js'
import type { RouteParams } from './route.js'

/** What each screen is given. */
export interface ScreenProps {
  readonly params: RouteParams
  readonly query: URLSearchParams
}

/** A screen by the pattern of its address; its code is fetched when it is first shown. */
export interface ScreenEntry {
  readonly pattern: string
  readonly load: () => Promise<ComponentType<ScreenProps>>
}

/** Every screen. The first is shown when the address names none. */
export const SCREENS: readonly ScreenEntry[] = [
  {
    pattern: 'overview',
    load: async () => (await import('../screens/overview/overview-screen.js')).OverviewScreen,
  },
  {
    pattern: 'gateways',
    load: async () => (await import('../screens/gateways/gateways-screen.js')).GatewaysScreen,
  },
  {
    pattern: 'users',
    load: async () => (await import('../screens/users/users-screen.js')).UsersScreen,
  },
  {
    pattern: 'tokens',
    load: async () => (await import('../screens/tokens/tokens-screen.js')).TokensScreen,
  },
  {
    pattern: 'audit',
    load: async () => (await import('../screens/audit/audit-screen.js')).AuditScreen,
  },
  {
    pattern: 'settings',
    load: async () => (await import('../screens/settings/settings-screen.js')).SettingsScreen,
  },
  ...APPLICATION_SCREENS,
]

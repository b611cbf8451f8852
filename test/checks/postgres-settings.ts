import type { PostgresCheckSettings } from '../../src/checks/settings.js'

/** A postgres check of any role, with what a test wants otherwise. */
export function settingsWith(changes: Partial<PostgresCheckSettings> = {}): PostgresCheckSettings {
  return {
    kind: 'postgres',
    intervalMs: 5000,
    timeoutMs: 2000,
    port: undefined,
    login: { user: 'pointsman', password: 'secret', database: 'postgres' },
    role: 'any',
    tls: undefined,
    maxLagMs: 0,
    requireStreaming: false,
    ...changes,
  }
}

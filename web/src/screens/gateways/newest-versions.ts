import type { GatewayProcess } from '../../../../src/manage/api/applications.js'

/** The newest version of each application that any gateway knows of. */
export function newestVersions(fleet: readonly GatewayProcess[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>()
  for (const { applications } of fleet)
    for (const { name, servedVersion, refusedVersion } of applications) {
      const known = Math.max(servedVersion ?? 0, refusedVersion ?? 0)
      newest.set(name, Math.max(known, newest.get(name) ?? 0))
    }
  return newest
}

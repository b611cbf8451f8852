import type { ApplicationSummary } from '../../../src/manage/api/applications.js'
import { get } from './client.js'

/** The names of all applications, to choose from. */
export async function applicationNames(signal: AbortSignal): Promise<readonly string[]> {
  const { items } = await get<{ items: readonly ApplicationSummary[] }>('/api/applications', signal)
  return items.map(({ name }) => name)
}

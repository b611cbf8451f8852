import type { ApplicationSummary } from '../../../src/manage/api/applications.js'
import { getItems } from './client.js'

/** The names of all applications, to choose from. */
export async function applicationNames(signal: AbortSignal): Promise<readonly string[]> {
  const applications = await getItems<ApplicationSummary>('/api/applications', signal)
  return applications.map(({ name }) => name)
}

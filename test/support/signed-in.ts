import { asking, type Ask } from './managing.js'
import type { Environment, Pointsman } from './pointsman.js'

const ADMINISTRATOR = { name: 'root', password: 'a password for tests' }

/** The variables that make the first administrator. */
export const WITH_ADMINISTRATOR: Environment = {
  MANAGEMENT_BOOTSTRAP_USER: ADMINISTRATOR.name,
  MANAGEMENT_BOOTSTRAP_PASSWORD: ADMINISTRATOR.password,
}

/** Signs in at a service as the first administrator, as soon as it has made them; asks as they. */
export async function signedIn(service: Pointsman): Promise<Ask> {
  await service.logged(({ action }) => action === 'user-created')
  return signIn(service)
}

/** Signs in at a service as the administrator whom another one has made; asks as they. */
export async function signIn({ managementUrl: url }: Pointsman): Promise<Ask> {
  const ask = asking(url, { origin: url })
  const { status, headers, body } = await ask('POST', '/api/session', { body: ADMINISTRATOR })
  if (status >= 300) throw new Error(`not signed in: ${status} ${JSON.stringify(body)}`)
  const cookie = headers.getSetCookie().map((each) => each.split(';')[0] ?? '')
  return asking(url, { origin: url, cookie: cookie.join('; ') })
}

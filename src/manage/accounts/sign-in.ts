import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/ports.js'
import type { Credentials, SessionView } from '../api/accounts.js'
import { Refusal } from '../http/refusal.js'
import type { Accounts } from './accounts.js'
import { addressBlock } from './address-block.js'
import { SESSION_COOKIE } from './session-cookie.js'
import { ADDRESS_DELAYS, NAME_DELAYS, SignInDelays } from './sign-in-delays.js'
import type { LiveSession } from './sessions.js'
import type { KnownUser } from './users.js'

function tooEarly(waitMs: number): Refusal {
  const seconds = Math.ceil(waitMs / 1000)
  const detail = `Too many failed sign-ins; the next can be tried in ${seconds} s`
  return new Refusal(429, { detail, headers: { 'retry-after': String(seconds) } })
}

/** Lets users in, and tells of each who was let in and who was not. */
export class SignIn {
  private readonly accounts: Accounts
  private readonly byName: SignInDelays
  private readonly byAddress: SignInDelays

  constructor(accounts: Accounts, clock: Clock) {
    this.accounts = accounts
    this.byName = new SignInDelays(clock, NAME_DELAYS)
    this.byAddress = new SignInDelays(clock, ADDRESS_DELAYS)
  }

  /**
   * Signs in with a password. A name that nobody has, a user without a password, one who is disabled and a wrong password are
   * the same to who tries.
   * @throws Refusal 401, and 429 after too many that failed
   * @throws PointsmanError STORE_LOST
   */
  async byPassword({ name: typed, password }: Credentials, from: string): Promise<KnownUser> {
    const name = typed.trim().toLowerCase()
    const block = addressBlock(from)
    const waitMs = this.byAddress.attempt(block) || this.byName.attempt(name)
    if (waitMs > 0) throw tooEarly(waitMs)
    // Whoever starts the service and signs in at once is not to be told that there is no such user.
    await this.accounts.begun()
    // Asked of the store whoever it is: who is known here would be told from who is not by what that takes, and while it is lost.
    const user = await this.accounts.users.read(name)
    const stored = user?.value.disabled ? undefined : user?.value.password
    const isRight = await this.accounts.passwords.verify(password, stored ?? undefined)
    if (user && isRight) {
      this.byName.succeeded(name)
      this.byAddress.succeeded(block)
      return user
    }
    await this.failed(name, from, 'by password')
    throw new Refusal(401, { detail: 'There is no such user with this password' })
  }

  /**
   * Counts an attempt to tell one's own password.
   * @throws Refusal 403 when it is wrong, 429 after too many that were
   */
  async confirm({ name, value }: KnownUser, password: string): Promise<void> {
    const waitMs = this.byName.attempt(name)
    if (waitMs > 0) throw tooEarly(waitMs)
    if (!(await this.accounts.passwords.verify(password, value.password ?? undefined)))
      throw new Refusal(403, { detail: 'This is not the current password' })
    this.byName.succeeded(name)
  }

  /** Tells of somebody who was not let in. */
  async failed(name: string, from: string, detail: string): Promise<void> {
    const event = { by: '', action: 'sign-in-failed', subject: `user:${name}`, from, detail }
    await this.accounts.audit.record(event)
  }

  /**
   * Begins a session in the browser that asks; the one that was there ends.
   * @throws Refusal 401 when the user was changed at this moment
   * @throws PointsmanError STORE_LOST
   */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    user: KnownUser,
    detail: string,
  ): Promise<LiveSession> {
    const { sessions, users, audit } = this.accounts
    const before = SESSION_COOKIE.get(request)
    if (before !== undefined) await sessions.end(before)
    const id = await sessions.begin(user)
    SESSION_COOKIE.set(request, reply, id)
    const { name } = user
    await audit.record({
      by: name,
      action: 'sign-in',
      subject: `user:${name}`,
      from: request.ip,
      detail,
    })
    await users.signedIn(name)
    const live = await sessions.find(id)
    if (!live) throw new Refusal(401, { detail: 'The user was changed at this moment' })
    return live
  }

  /** @throws PointsmanError STORE_LOST */
  async viewOf({ user, expiresAtMs }: LiveSession): Promise<SessionView> {
    const expiresAt = new Date(expiresAtMs).toISOString()
    return { user: await this.accounts.users.viewOf(user), expiresAt }
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { USER_NAME } from '../../core/credentials.js'
import type { Log } from '../../telemetry/log.js'
import type { Grant } from '../api/accounts.js'
import { Refusal } from '../http/refusal.js'
import type { Accounts } from './accounts.js'
import { OpenidTicket, type OpenidPerson, type OpenidProvider } from './openid.js'
import { HiddenCookie } from './session-cookie.js'
import type { SignIn } from './sign-in.js'
import type { KnownUser } from './users.js'

/** Browsers send it also when the provider sends them back, which is another site. */
const TICKET_COOKIE = new HiddenCookie('-openid', 'lax')
const TICKET_SECONDS = 10 * 60

/** What these routes work with. */
export interface OpenidRoutesOptions {
  readonly accounts: Accounts
  readonly signIn: SignIn
  readonly provider: OpenidProvider
  /** What users may do who sign in for the first time. */
  readonly grants: readonly Grant[]
  readonly log: Log
}

function ticketOf(request: FastifyRequest): OpenidTicket {
  const text = Buffer.from(TICKET_COOKIE.get(request) ?? '', 'base64url').toString()
  try {
    const ticket: unknown = JSON.parse(text)
    if (Value.Check(OpenidTicket, ticket)) return ticket
  } catch {
    // It is as good as none.
  }
  throw new Error('The browser has not begun to sign in here, or too long ago')
}

/** Keeps together who somebody is there, and here. */
class OpenidUsers {
  private readonly accounts: Accounts
  private readonly grants: readonly Grant[]

  constructor({ accounts, grants }: OpenidRoutesOptions) {
    this.accounts = accounts
    this.grants = grants
  }

  /**
   * The user who somebody is, made where they come for the first time.
   * @throws Refusal 403 when they are none, with the reason
   */
  async userOf(person: OpenidPerson, from: string): Promise<KnownUser> {
    const name = person.name?.toLowerCase() ?? ''
    if (!new RegExp(USER_NAME).test(name))
      throw new Refusal(403, { detail: `the provider gives no name that a user can have: ${name}` })
    const { users } = this.accounts
    const known = await users.read(name)
    if (!known) return this.make(name, person, from)
    const { signIn, identity, disabled } = known.value
    if (signIn !== 'openid') throw new Refusal(403, { detail: `${name} signs in by password` })
    if (disabled) throw new Refusal(403, { detail: `${name} is disabled` })
    if (identity === person.identity) return known
    if (identity !== null)
      throw new Refusal(403, { detail: `${name} is somebody else at the provider: ${identity}` })
    const { identity: theirs } = person
    const event = { action: 'user-changed', subject: `user:${name}`, from, detail: `is ${theirs}` }
    return users.change(known, { identity: theirs }, { by: name, ...event })
  }

  private make(name: string, person: OpenidPerson, from: string): Promise<KnownUser> {
    const { displayName = name, identity } = person
    const user = {
      displayName: displayName.slice(0, 200),
      grants: [...this.grants],
      signIn: 'openid' as const,
      disabled: false,
      password: null,
      identity,
    }
    const event = {
      action: 'user-created',
      subject: `user:${name}`,
      from,
      detail: `is ${identity}`,
    }
    return this.accounts.users.create(name, user, { by: name, ...event })
  }
}

/**
 * Signing in at another service. Whoever comes back is sent to the pages: signed in, or with `?sign-in=refused` when they are
 * no user, or `?sign-in=failed`.
 */
export function openidRoutes(app: FastifyInstance, options: OpenidRoutesOptions): void {
  const { signIn, provider, log } = options
  const openidUsers = new OpenidUsers(options)
  const config = { access: 'public' } as const
  const response = { 302: Type.Null() }

  const fail = (reply: FastifyReply, error: unknown): FastifyReply => {
    log.warn({ err: error }, 'sign-in by OpenID Connect failed')
    return reply.redirect('/?sign-in=failed', 302)
  }

  app.get(
    '/api/openid/start',
    { config, schema: { summary: 'Sign in at the OpenID provider', response } },
    async (request, reply) => {
      try {
        const { url, ticket } = await provider.begin()
        const text = Buffer.from(JSON.stringify(ticket)).toString('base64url')
        TICKET_COOKIE.set(request, reply, text, TICKET_SECONDS)
        return await reply.redirect(url, 302)
      } catch (error) {
        return fail(reply, error)
      }
    },
  )

  app.get(
    '/api/openid/callback',
    { config, schema: { summary: 'Where the OpenID provider sends browsers back to', response } },
    async (request, reply) => {
      TICKET_COOKIE.clear(request, reply)
      let person
      try {
        const { search } = new URL(request.url, 'http://here')
        person = await provider.finish(search, ticketOf(request))
      } catch (error) {
        return fail(reply, error)
      }
      try {
        const user = await openidUsers.userOf(person, request.ip)
        await signIn.begin(request, reply, user, `by OpenID Connect, ${person.identity}`)
        return await reply.redirect('/', 302)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        await signIn.failed(person.name ?? '', request.ip, error.message)
        return reply.redirect('/?sign-in=refused', 302)
      }
    },
  )
}

import { createServer, type RequestListener } from 'node:http'
import Provider from 'oidc-provider'
import type { Test } from 'tap'

/** What a provider says of its people, by what they sign in there with. */
export type OpenidPeople = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export const CLIENT = { clientId: 'pointsman', clientSecret: 'a secret of the client' }

/** A real OpenID Connect provider, at which anybody of `people` signs in with any password. */
export async function startProvider(
  t: Test,
  people: OpenidPeople,
  redirectUrl: () => string,
): Promise<string> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const bound = server.address()
  const issuer = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`
  let callback: RequestListener | undefined
  answer = (request, response) => {
    // Where it sends browsers back to is known only when both listen.
    callback ??= new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: [redirectUrl()],
        },
      ],
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
      cookies: { keys: ['a key of a test'] },
      findAccount: (_: unknown, accountId: string) =>
        people[accountId] && {
          accountId,
          claims: () => ({ sub: accountId, ...people[accountId] }),
        },
    }).callback()
    callback(request, response)
  }
  return issuer
}

/** A page, as a browser ends up with it. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly text: string
}

const MOST_REDIRECTS = 15

/** As much of a browser as signing in takes: cookies and redirects. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>()

  /** Goes to an address, and wherever that leads. */
  async open(address: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    let url = address
    let body = form && new URLSearchParams(form)
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: this.cookieFor(url) },
        ...(body && { body }),
      })
      this.keep(url, response.headers.getSetCookie())
      const next = response.headers.get('location')
      if (next === null) return { url, status: response.status, text: await response.text() }
      await response.body?.cancel()
      url = new URL(next, url).href
      body = undefined
    }
    throw new Error(`${address} leads nowhere`)
  }

  /** Fills in the form of a page. */
  async submit({ url, text }: Page, form: Readonly<Record<string, string>>): Promise<Page> {
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(text) ?? []
    return this.open(new URL(action, url).href, form)
  }

  /** What is sent to an address. */
  cookieFor(url: string): string {
    const kept = this.cookies.get(new URL(url).origin) ?? new Map<string, string>()
    return [...kept].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  private keep(url: string, set: readonly string[]): void {
    const { origin } = new URL(url)
    const kept = this.cookies.get(origin) ?? new Map<string, string>()
    this.cookies.set(origin, kept)
    for (const cookie of set) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') kept.delete(name)
      else kept.set(name, value)
    }
  }
}

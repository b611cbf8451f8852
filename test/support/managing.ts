import pino from 'pino'
import type { Test } from 'tap'
import { Accounts } from '../../src/manage/accounts/accounts.js'
import type { ScryptCost } from '../../src/manage/accounts/passwords.js'
import type { Grant } from '../../src/manage/api/accounts.js'
import type { OperatorsAppOptions } from '../../src/manage/http/operators-app.js'
import type { ManageServices } from '../../src/manage/http/services.js'
import { ModelBook } from '../../src/manage/models/model-book.js'
import { ManagementServer } from '../../src/manage/server.js'
import type { Log } from '../../src/telemetry/log.js'
import { FakeService } from '../manage/managed-service.js'
import { MemoryStore } from './memory-store.js'

/** What came back to an operator. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** JSON, or the text of what is none. */
  readonly body: unknown
}

/** What an operator sends beside the method and the path. */
export interface Sent {
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Ask = (method: string, path: string, sent?: Sent) => Promise<Answer>

function isJson(type: string | null): boolean {
  return type !== null && /^application\/(\w+\+)?json/.test(type)
}

/** Asks a management listener, with these headers in every request. */
export function asking(url: string, common: Readonly<Record<string, string>> = {}): Ask {
  return async (method, path, { body, headers } = {}) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...common, ...type, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const parsed: unknown = isJson(response.headers.get('content-type')) ? JSON.parse(text) : text
    return { status: response.status, headers: response.headers, body: parsed }
  }
}

/** Who there is, unless a test says otherwise: one for each role, on everything, and one who holds none. */
export const PEOPLE: Readonly<Record<string, readonly Grant[]>> = {
  viewer: [{ role: 'viewer', on: '*' }],
  editor: [{ role: 'editor', on: '*' }],
  approver: [{ role: 'approver', on: '*' }],
  administrator: [{ role: 'administrator', on: '*' }],
  nobody: [],
}

/** What a test may have otherwise. */
export interface ManagingOptions {
  readonly people?: Readonly<Record<string, readonly Grant[]>>
  readonly store?: MemoryStore
  /** Of a listener at this URL. */
  readonly openid?: (url: string) => OperatorsAppOptions['openid']
  readonly trustProxy?: readonly string[]
  readonly webDirectory?: string
  readonly log?: Log
}

/** The least that scrypt can cost. */
export const CHEAP: ScryptCost = { cost: 16, blockSize: 1, parallelization: 1 }

/** The password of everybody. */
export const PASSWORD = 'correct horse battery'

/** A management listener on a store in memory, at which everybody of `people` has signed in. */
export async function managing(
  t: Test,
  { people = PEOPLE, store = new MemoryStore(), openid, ...options }: ManagingOptions = {},
) {
  const service = new FakeService(t)
  const { clock } = service
  const { log = pino({ level: 'silent' }), ...rest } = options
  const accounts = new Accounts({ store, clock, log, bootstrap: undefined, passwordCost: CHEAP })
  accounts.start()
  t.teardown(() => accounts.stop())
  const server = new ManagementServer(service)
  await server.start('127.0.0.1', 0)
  t.teardown(() => server.stop())
  const models = new ModelBook({ hosts: () => undefined, targets: () => [], problems: () => [] })
  const { audit } = accounts
  const services: ManageServices = { service, store, models, accounts, audit, clock, log }
  const url = `http://${server.address}`
  await server.admit({ services, trustProxy: [], openid: openid?.(url), ...rest })
  const cookies = new Map<string, string>()
  for (const [name, grants] of Object.entries(people))
    cookies.set(name, await signedIn(accounts, name, grants))
  const headersOf = (name?: string): Readonly<Record<string, string>> => {
    const cookie = name === undefined ? undefined : cookies.get(name)
    return cookie === undefined ? {} : { cookie, origin: url }
  }
  return {
    url,
    service,
    store,
    services,
    /** What a page sends with the requests of somebody, or of nobody that is known; for those that are no JSON. */
    headersOf,
    /** Asks as somebody, with the cookie of a session, or as nobody that is known. */
    as: (name?: string): Ask => asking(url, headersOf(name)),
  }
}

/** Makes a user, and gives the cookie of a session. */
async function signedIn(
  accounts: Accounts,
  name: string,
  grants: readonly Grant[],
): Promise<string> {
  const user = await accounts.users.create(
    name,
    {
      displayName: name,
      grants: [...grants],
      disabled: false,
      signIn: 'password',
      password: await accounts.passwords.hash(PASSWORD),
      identity: null,
    },
    { by: '', action: 'user-created', subject: `user:${name}`, from: '', detail: 'for a test' },
  )
  return `pointsman=${await accounts.sessions.begin(user)}`
}

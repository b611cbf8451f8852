import pino from 'pino'
import type { Test } from 'tap'
import { operatorOf } from '../../src/manage/accounts/grants.js'
import type { Grant } from '../../src/manage/api/accounts.js'
import type { ManageServices } from '../../src/manage/http/services.js'
import { ModelBook } from '../../src/manage/models/model-book.js'
import { ManagementServer } from '../../src/manage/server.js'
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
}

/** A management listener on a store in memory, at which everybody of `PEOPLE` is known without a password. */
export async function managing(t: Test, { people = PEOPLE }: ManagingOptions = {}) {
  const service = new FakeService(t)
  const store = new MemoryStore()
  const server = new ManagementServer(service)
  await server.start('127.0.0.1', 0)
  t.teardown(() => server.stop())
  const log = pino({ level: 'silent' })
  const models = new ModelBook({ hosts: () => undefined, targets: () => [], problems: () => [] })
  const services: ManageServices = { service, store, models, clock: service.clock, log }
  await server.admit({
    services,
    trustProxy: [],
    authenticate: ({ headers: { authorization = '' } }) => {
      const name = authorization.replace('Bearer ', '')
      const grants = people[name]
      if (!grants) return Promise.resolve(undefined)
      const operator = operatorOf({ name, user: name, grants: [grants] })
      return Promise.resolve({ operator, by: 'token' })
    },
  })
  const url = `http://${server.address}`
  return {
    url,
    service,
    store,
    services,
    /** Asks as somebody, or as nobody that is known. */
    as: (name?: string): Ask => asking(url, name ? { authorization: `Bearer ${name}` } : {}),
  }
}

import type { Test } from 'tap'
import { readModel } from '../../src/model/read-model.js'
import type { Grant } from '../../src/manage/api/accounts.js'
import type { ChangeView } from '../../src/manage/api/changes.js'
import type { ModelBook } from '../../src/manage/models/model-book.js'
import type { ModelStore } from '../../src/store/model-store.js'
import { managing, PEOPLE, type Ask, type Answer } from './managing.js'

/** Some keys of a model's document. */
export type Parts = Readonly<Record<string, unknown>>

/** A valid document of a model. */
export function documentWith(parts: Parts = {}): Parts {
  return {
    defaultServer: { path: '1.9' },
    urlDefaults: { protocol: 'xre', urn: 'shell', port: 8081, ipVersion: 4 },
    whitelist: ['/DC1/Z1'],
    ...parts,
  }
}

/** A flavor rule of a document. */
export function ruleNamed(id: string, value = 'box2', path = '2.0'): Parts {
  const conditions = [{ kind: 'equals', parameter: 'receiverType', value }]
  return { id, conditions, then: { server: { path } } }
}

/** Has a book of models hear of everything that a store tells. */
export function feed(t: Test, book: ModelBook, store: ModelStore): void {
  const running = new AbortController()
  t.teardown(() => running.abort())
  void (async () => {
    for await (const news of store.watch(running.signal))
      if (news.kind !== 'hosts' && news.kind !== 'reload-hosts') book.take(news)
  })()
}

/** What came back as a change set. */
export function changeIn({ body }: Answer): ChangeView {
  // The tests look at what they need of it.
  return body as ChangeView
}

/** The headers that name the version of an answer. */
export function matching({ headers }: Answer): Readonly<Record<string, string>> {
  return { 'if-match': headers.get('etag') ?? '' }
}

const SHOP = { kind: 'application', name: 'shop' }

/** A management listener on a store in memory, with an application `shop` in version 0. */
export async function changeWorld(t: Test, more: Readonly<Record<string, readonly Grant[]>> = {}) {
  const people = { ...PEOPLE, ann: PEOPLE['editor'] ?? [], bob: PEOPLE['approver'] ?? [], ...more }
  const managed = await managing(t, { people })
  const { store, services } = managed
  const read = readModel(documentWith())
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  await store.writeApplication('shop', read.content, undefined)
  feed(t, services.models, store)
  await services.models.reached({ kind: 'application', name: 'shop' }, 0, AbortSignal.timeout(9000))
  return {
    ...managed,
    clock: managed.service.clock,
    /** Proposes a document for `shop`, or what is said otherwise. */
    propose: (as: Ask, document: unknown, parts: Parts = {}): Promise<Answer> =>
      as('POST', '/api/changes', {
        body: { subject: SHOP, title: 'A change', baseVersion: 0, document, ...parts },
      }),
    /** Decides on a change set as it was told. */
    decide: (as: Ask, told: Answer, what: string, body: unknown = {}): Promise<Answer> =>
      as('POST', `/api/changes/${changeIn(told).id}/${what}`, { body, headers: matching(told) }),
  }
}

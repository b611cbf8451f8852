import { test } from 'tap'
import { changeIn, changeWorld, documentWith, matching } from '../../support/change-world.js'

const LISTS = { kind: 'lists' }

async function listsWorld(t: Parameters<typeof changeWorld>[0]) {
  const world = await changeWorld(t)
  const { as, propose, decide } = world
  /** Has lists changed by one and approved by another. */
  const put = async (baseVersion: number | null, document: unknown) => {
    const proposed = await propose(as('ann'), document, { subject: LISTS, baseVersion })
    if (proposed.status !== 201) throw new Error(JSON.stringify(proposed.body))
    return decide(as('bob'), proposed, 'approval')
  }
  return { ...world, put }
}

test('Of lists only those that change are proposed; the others stay', async (t) => {
  const { put, services, as } = await listsWorld(t)
  await put(null, { a: { values: ['1'] }, b: { values: ['2'], type: 'ip' } }).catch(() => undefined)
  t.equal(services.models.lists, undefined)
  await put(null, { a: { values: ['1'] }, b: { values: ['10.0.0.2'], type: 'ip' } })
  await put(0, { a: { values: ['1', '3'] }, c: { values: ['4'] } })
  const approved = await put(1, { b: null })
  t.match(approved.body, { diff: [{ kind: 'removed', what: 'list b' }] })
  t.same(
    services.models.lists?.content.map(({ name, values }) => [name, ...values]),
    [
      ['a', '1', '3'],
      ['c', '4'],
    ],
  )
  const view = await as('viewer')('GET', '/api/history/1?subject=lists')
  t.match(view.body, {
    document: { a: { values: ['1', '3'] }, c: { values: ['4'] } },
    diff: [{ what: 'list a', after: { added: { count: 1, values: ['3'] } } }, { kind: 'added' }],
  })
})

test('A change of other lists does not make one stale; one of the same lists does', async (t) => {
  const { put, propose, decide, as, services } = await listsWorld(t)
  await put(null, { a: { values: ['1'] }, b: { values: ['2'] } })
  const ofA = await propose(as('ann'), { a: { values: ['1', 'x'] } }, { subject: LISTS })
  const ofB = await propose(as('ann'), { b: { values: ['2', 'y'] } }, { subject: LISTS })
  await put(0, { a: { values: ['1', 'z'] } })
  t.match(await decide(as('bob'), ofB, 'approval'), { status: 200, body: { state: 'applied' } })
  t.match(await decide(as('bob'), ofA, 'approval'), { status: 409 })
  const path = `/api/changes/${changeIn(ofA).id}`
  const { body } = await as('ann')('GET', `${path}/merge`)
  t.match(body, { currentVersion: 2, document: { a: { values: ['1', 'x', 'z'] } }, conflicts: [] })
  const { document } = body as { document: unknown }
  const merged = await as('ann')('PUT', path, {
    body: { title: 'Merged', baseVersion: 2, document },
    headers: matching(ofA),
  })
  await decide(as('bob'), merged, 'approval')
  t.same(services.models.lists?.content[0]?.values, ['1', 'x', 'z'])
})

test('Lists go back to how they were in a version', async (t) => {
  const { put, as, decide, services } = await listsWorld(t)
  await put(null, { a: { values: ['1'] }, b: { values: ['2'] } })
  await put(0, { a: { values: ['9'] }, c: { values: ['3'] } })
  await put(1, { a: { values: ['8'] }, b: null })
  const back = await as('ann')('POST', '/api/history/0/rollback?subject=lists')
  t.match(back.body, { document: { a: { values: ['1'] }, b: { values: ['2'] }, c: null } })
  await decide(as('bob'), back, 'approval')
  t.same(
    services.models.lists?.content.map(({ name, values }) => [name, ...values]),
    [
      ['a', '1'],
      ['b', '2'],
    ],
  )
})

test('A list that is used cannot go, nor become what its rules cannot use', async (t) => {
  const { put, propose, decide, as } = await listsWorld(t)
  await put(null, { nets: { values: ['10.0.0.0/8'] }, other: { values: ['x'] } })
  const conditions = [{ kind: 'inIpRange', parameter: 'clientAddress', lists: ['nets'] }]
  const rules = [{ id: 'inside', conditions, then: { server: { path: '2.0' } } }]
  await decide(as('bob'), await propose(as('ann'), documentWith({ rules })), 'approval')
  const cases: readonly (readonly [unknown, string, RegExp])[] = [
    [{ nets: null }, '/document', /list "nets" cannot go: "shop" uses it/],
    [{ nets: { values: ['here'] } }, '/document', /application shop, .*"here"/],
    [{ odd: { values: ['x'] } }, '/document/odd/values/0', /is in list "other" already/],
    [{ 'a/b': { values: ['q'] } }, '/document/a~1b/name', /./],
    [{ odd: { name: 'even', values: [] } }, '/document/odd/name', /is not the name/],
    [{ odd: { values: 'x' } }, '/document/odd/values', /must be a list/],
    [{ odd: 5 }, '/document/odd', /must be an object/],
    [{}, '/document', /must name/],
    [[], '/document', /must be an object/],
  ]
  for (const [document, path, message] of cases) {
    const { status, body } = await propose(as('ann'), document, { subject: LISTS })
    t.match({ status, body }, { status: 400, body: { errors: [{ path, message }] } })
  }
})

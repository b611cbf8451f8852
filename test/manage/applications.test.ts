import { test } from 'tap'
import type { ImpactView } from '../../src/manage/api/changes.js'
import { changeIn, changeWorld, documentWith, ruleNamed } from '../support/change-world.js'

const LISTS = { kind: 'lists' }
const BETA = documentWith({
  rules: [ruleNamed('beta')],
  distribution: [{ id: 1, percent: 10, server: { path: '2.1' } }],
})

test('Applications are told with their models, and what waits for them', async (t) => {
  const { as, propose } = await changeWorld(t, {
    mia: [{ role: 'viewer', on: 'application:mail' }],
  })
  await propose(as('ann'), BETA)
  const summary = { name: 'shop', version: 0, servedVersion: null, rules: 0, slices: 0, hosts: 0 }
  t.match((await as('viewer')('GET', '/api/applications')).body, { items: [summary] })
  t.same((await as('mia')('GET', '/api/applications')).body, { items: [] })
  const view = await as('viewer')('GET', '/api/applications/shop')
  t.equal(view.headers.get('etag'), '"0"')
  t.match(view.body, { ...summary, document: documentWith(), warnings: [] })
  t.match(await as('viewer')('GET', '/api/applications/none'), { status: 404 })
  t.match(await as('mia')('GET', '/api/applications/shop'), { status: 403 })
  t.same((await as('viewer')('GET', '/api/applications/shop/hosts')).body, {
    stacks: [],
    origin: '',
  })
})

test('Lists are told with the rules that use them, and found by their values', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const lists = {
    lab: { values: ['Box1', 'box2'] },
    nets: { type: 'ip', values: ['10.0.0.0/8'] },
    secret: { type: 'encoded', values: ['key'] },
  }
  await decide(
    as('bob'),
    await propose(as('ann'), lists, { subject: LISTS, baseVersion: null }),
    'approval',
  )
  const conditions = [{ kind: 'contains', parameter: 'mac', lists: ['lab'] }]
  const rules = [{ id: 'labs', conditions, then: { server: { path: '2.0' } } }]
  await decide(as('bob'), await propose(as('ann'), documentWith({ rules })), 'approval')
  const usedBy = [{ application: 'shop', kind: 'rule', rule: 'labs' }]
  const all = await as('viewer')('GET', '/api/lists')
  t.same(all.body, {
    version: 0,
    items: [
      { name: 'lab', description: '', type: 'text', size: 2, usedBy },
      { name: 'nets', description: '', type: 'ip', size: 1, usedBy: [] },
      { name: 'secret', description: '', type: 'encoded', size: 1, usedBy: [] },
    ],
  })
  t.match((await as('viewer')('GET', '/api/lists?values=true')).body, {
    items: [{ values: ['Box1', 'box2'] }],
  })
  t.match((await as('viewer')('GET', '/api/lists/lab')).body, { values: ['Box1', 'box2'], usedBy })
  t.match(await as('viewer')('GET', '/api/lists/none'), { status: 404 })
  const found = async (value: string): Promise<unknown> => {
    const { body } = await as('viewer')('GET', `/api/lists?holds=${encodeURIComponent(value)}`)
    return (body as { items: readonly { name: string }[] }).items.map(({ name }) => name)
  }
  t.same(await found('BOX1'), ['lab'])
  t.same(await found('10.1.2.3'), ['nets'])
  t.same(await found('3C6E0B8A9C15224A8228B9A98CA1531D'), ['secret'])
  t.same(await found('box'), [])
})

test('A list can be read by whichever name it may have', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const names = ['policy', 'search', 'values', '__proto', 'constructor', 'x'.repeat(1000)]
  const lists = Object.fromEntries(names.map((name, at) => [name, { values: [`v${at}`] }]))
  const proposed = await propose(as('ann'), lists, { subject: LISTS, baseVersion: null })
  t.match(await decide(as('bob'), proposed, 'approval'), { status: 200 })
  for (const [at, name] of names.entries())
    t.match((await as('viewer')('GET', `/api/lists/${name}`)).body, { name, values: [`v${at}`] })
  const policy = await as('viewer')('GET', '/api/policies/lists')
  t.same(policy.body, { approvals: 'required' })
})

test('A request is explained by the model that is there, and by one that is proposed', async (t) => {
  const { as, propose } = await changeWorld(t)
  const { id } = changeIn(await propose(as('ann'), BETA))
  const ask = async (more: object): Promise<unknown> => {
    const body = { parameters: { receiverType: 'box2' }, ...more }
    return (await as('viewer')('POST', '/api/applications/shop/explain', { body })).body
  }
  t.match(await ask({}), { decision: { by: 'default' } })
  t.match(await ask({ change: id }), {
    decision: { by: 'rule', name: 'beta' },
    rules: [{ matched: true }],
  })
  t.match(await ask({ change: 'none' }), { status: 404 })
})

test('The impact of a change is told before it is approved', async (t) => {
  const { as, propose } = await changeWorld(t)
  const samples = [{ receiverType: 'box2' }, { receiverType: 'box3' }]
  const given = await as('viewer')('POST', '/api/applications/shop/impact', {
    body: { document: BETA, samples },
  })
  t.match(given.body, {
    samples: 2,
    origin: 'given',
    moved: 1,
    examples: [
      { parameters: { receiverType: 'box2' }, before: /^1\.9, xre:/, after: /^2\.0, xre:/ },
    ],
    slices: [
      { name: 'default', percentBefore: 100, percent: 90, hosts: 0 },
      { name: 'slice 1', path: '2.1', percentBefore: 0, percent: 10 },
    ],
    minimumHosts: { isMet: false },
  })
  const { id } = changeIn(await propose(as('ann'), BETA))
  const generated = await as('bob')('POST', `/api/changes/${id}/impact`, { body: {} })
  const impact = generated.body as ImpactView
  t.match(impact, { origin: 'generated' })
  t.ok(impact.moved > 20 && impact.moved < impact.samples)
  const wrong = await as('viewer')('POST', '/api/applications/shop/impact', {
    body: { document: { nothing: 1 } },
  })
  t.match(wrong, { status: 400, body: { errors: [{ path: '/document/nothing' }, {}] } })
})

test('The impact of lists is that on the applications which use them', async (t) => {
  const { as, propose, decide } = await changeWorld(t)
  const lists = await propose(
    as('ann'),
    { lab: { values: ['a'] } },
    { subject: LISTS, baseVersion: null },
  )
  await decide(as('bob'), lists, 'approval')
  const conditions = [{ kind: 'contains', parameter: 'mac', lists: ['lab'] }]
  const rules = [{ id: 'labs', conditions, then: { server: { path: '2.0' } } }]
  await decide(as('bob'), await propose(as('ann'), documentWith({ rules })), 'approval')
  const change = await propose(as('ann'), { lab: { values: ['b'] } }, { subject: LISTS })
  const samples = [{ mac: 'a' }, { mac: 'b' }, { mac: 'c' }]
  const path = `/api/changes/${changeIn(change).id}/impact`
  const impact = await as('bob')('POST', path, { body: { samples } })
  t.match(impact.body, { samples: 3, moved: 2, minimumHosts: { detail: /used by shop/ } })
})

test('Tests are saved, run against what is there and what is proposed, and removed', async (t) => {
  const { as, propose } = await changeWorld(t)
  const path = `/api/applications/shop/tests/${encodeURIComponent('box 2 / beta')}`
  const body = {
    name: 'box 2 / beta',
    parameters: { receiverType: 'box2' },
    expected: { by: 'rule', rule: 'Beta' },
  }
  t.match(await as('viewer')('PUT', path, { body }), { status: 403 })
  t.match(await as('ann')('PUT', path, { body: { ...body, name: 'x' } }), { status: 400 })
  const missing = { headers: { 'if-match': '"1"' }, body }
  t.match(await as('ann')('PUT', path, missing), { status: 412, body: { current: undefined } })
  const first = { headers: { 'if-none-match': '*' }, body }
  t.match(await as('ann')('PUT', path, first), { status: 201 })
  t.match(await as('ann')('PUT', path, first), { status: 412, body: { current: body } })
  t.match(await as('ann')('PUT', path, { body }), { status: 428 })
  t.match(await as('ann')('PUT', path, { headers: { 'if-none-match': '"1"' }, body }), {
    status: 400,
  })
  const saved = await as('viewer')('GET', path)
  t.same(saved.body, body)
  t.same((await as('viewer')('GET', '/api/applications/shop/tests')).body, { items: [body] })
  const run = async (more: object): Promise<unknown> =>
    (await as('viewer')('POST', '/api/applications/shop/tests/run', { body: more })).body
  t.match(await run({}), {
    items: [
      { passed: false, isGenerated: false, actual: { by: 'default' }, differs: ['by', 'rule'] },
    ],
  })
  const { id } = changeIn(await propose(as('ann'), BETA))
  t.match(await run({ change: id, generated: true }), {
    items: [
      { passed: true, test: body, explanation: { decision: { name: 'beta' } } },
      { passed: true, isGenerated: true, test: { name: 'slice 1' } },
      {},
      { passed: true, test: { name: 'rule beta, 1', expected: { rule: 'beta' } } },
    ],
  })
  t.same(await run({ names: [] }), { items: [] })
  const headers = { 'if-match': saved.headers.get('etag') ?? '' }
  t.match(await as('ann')('DELETE', path), { status: 428 })
  t.match(await as('ann')('DELETE', path, { headers }), { status: 204 })
  t.match(await as('ann')('DELETE', path, { headers }), { status: 404 })
})

test('What people write comes back as they wrote it, and makes no patterns run for long', async (t) => {
  const { as, propose } = await changeWorld(t)
  const text = '<script>alert(1)</script> \u0000 {{x}} ‮ "\'`'
  const proposed = await propose(as('ann'), BETA, { title: text, description: text })
  t.match(proposed.body, { title: text, description: text })
  const path = `/api/changes/${changeIn(proposed).id}/comments`
  t.match((await as('bob')('POST', path, { body: { text } })).body, { thread: [{ text }] })
  const conditions = [{ kind: 'matches', parameter: 'a', pattern: '(a+)+$' }]
  const slow = documentWith({
    rules: [{ id: 'slow', conditions, then: { server: { path: '2.0' } } }],
  })
  const samples = Array.from({ length: 100 }, () => ({ a: `${'a'.repeat(4000)}!` }))
  const startedAt = Date.now()
  const impact = await as('ann')('POST', '/api/applications/shop/impact', {
    body: { document: slow, samples },
  })
  t.equal(impact.status, 200)
  t.ok(Date.now() - startedAt < 20_000)
})

test('Keys that would reach behind objects are refused, and reach nothing', async (t) => {
  const { url, headersOf, as } = await changeWorld(t)
  const headers = { ...headersOf('ann'), 'content-type': 'application/json' }
  const subject = '{"kind":"application","name":"shop"}'
  for (const key of ['__proto__', 'constructor": {"prototype']) {
    const poison = `{"${key}":{"polluted":1}}${key.startsWith('c') ? '}' : ''}`
    const body = `{"subject":${subject},"title":"x","baseVersion":0,"document":${poison}}`
    const { status } = await fetch(`${url}/api/changes`, { method: 'POST', headers, body })
    t.equal(status, 400)
  }
  t.equal(Reflect.get({}, 'polluted'), undefined)
  const body = { parameters: JSON.parse('{"toString":"x","hasOwnProperty":"y"}') as unknown }
  const explained = await as('viewer')('POST', '/api/applications/shop/explain', { body })
  t.equal(explained.status, 200)
})

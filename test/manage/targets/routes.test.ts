import { test } from 'tap'
import type { StatusView } from '../../../src/manage/status.js'
import { managing, type Ask } from '../../support/managing.js'

const A = '/api/groups/web/targets/http%3A%2F%2F10.0.0.1%3A80'

async function overrides(ask: Ask): Promise<readonly unknown[]> {
  // As the route has it.
  const { groups } = (await ask('GET', '/api/status')).body as StatusView
  return groups.flatMap(({ targets }) => targets.map(({ override }) => override))
}

test('A target is drained, re-weighted and let go again', async (t) => {
  const { as, services } = await managing(t)
  const ask = as('approver')
  t.same(await overrides(ask), [null, null])
  const body = { state: 'draining', weight: 7 }
  t.match(await ask('PUT', A, { body }), { status: 200, body })
  t.same(await overrides(ask), [body, null])
  const other = { state: 'enabled', weight: null }
  t.match(await ask('PUT', A, { body: other }), { status: 200, body: other })
  t.same(await overrides(ask), [other, null])
  t.match(await ask('DELETE', A), { status: 204 })
  t.same(await overrides(ask), [null, null])
  const { items } = await services.audit.page({ limit: 10, action: 'target-overridden' })
  const common = {
    by: 'approver',
    action: 'target-overridden',
    subject: 'target:web/http://10.0.0.1:80',
  }
  const details = items.map(({ detail }) => detail).sort()
  t.match(items, [common, common, common])
  t.same(details, ['as configured', 'draining, weight 7', 'enabled'])
})

const BAD = [
  [{}, '/state'],
  [{ state: 'down', weight: null }, '/state'],
  [{ state: 'enabled', weight: 0 }, '/weight'],
  [{ state: 'enabled', weight: 101 }, '/weight'],
  [{ state: 'enabled', weight: 1.5 }, '/weight'],
  [{ state: 'enabled', weight: null, until: 'noon' }, '/until'],
] as const

test('What is not wanted of a target is told by the field', async (t) => {
  const { as } = await managing(t)
  for (const [body, path] of BAD) {
    const answer = await as('approver')('PUT', A, { body })
    t.equal(answer.status, 400)
    t.match(JSON.stringify(answer.body), `"path":"${path}"`, JSON.stringify(body))
  }
})

test('There must be such a target', async (t) => {
  const { as } = await managing(t)
  const body = { state: 'disabled', weight: null }
  for (const path of ['/api/groups/web/targets/b', `/api/groups/x/targets/${'a'.repeat(2000)}`]) {
    t.match(await as('approver')('PUT', path, { body }), { status: 404 })
    t.match(await as('approver')('DELETE', path), { status: 404 })
  }
})

test('Hosts of an application belong to those who decide about it, other targets to who decides about all', async (t) => {
  const { as } = await managing(t, {
    people: {
      shop: [{ role: 'approver', on: 'application:shop' }],
      editor: [{ role: 'editor', on: '*' }],
    },
  })
  const body = { state: 'disabled', weight: null }
  const shop = '/api/groups/application%3Ashop/targets/a'
  t.match(await as('shop')('PUT', shop, { body }), { status: 404 }, 'who may is told')
  for (const [who, path] of [
    ['shop', A],
    ['shop', '/api/groups/application%3Amail/targets/a'],
    ['editor', A],
    ['editor', shop],
  ] as const) {
    t.match(await as(who)('PUT', path, { body }), { status: 403 }, `${who} ${path}`)
    t.match(await as(who)('DELETE', path), { status: 403 })
  }
})

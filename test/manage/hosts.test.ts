import { test } from 'tap'
import { changeWorld } from '../support/change-world.js'
import { StoreWatch } from '../support/store-news.js'

const RELOAD = '/api/applications/shop/hosts/reload'

test('Hosts of an application are read again when an editor of it wants that', async (t) => {
  const { as, store, services } = await changeWorld(t, {
    mia: [
      { role: 'editor', on: 'application:mail' },
      { role: 'viewer', on: 'application:shop' },
    ],
  })
  const watch = new StoreWatch(t, store)
  await watch.until('complete')
  const refused = [
    ['viewer', RELOAD, 403],
    ['mia', RELOAD, 403],
    ['editor', '/api/applications/none/hosts/reload', 404],
  ] as const
  for (const [who, path, status] of refused) t.match(await as(who)('POST', path), { status })
  t.match(await as('ann')('POST', RELOAD), { status: 202 })
  await watch.until('shop reload-hosts')
  t.equal(watch.told.filter((words) => words.endsWith('reload-hosts')).length, 1)
  const { items } = await services.audit.page({ limit: 10, action: 'hosts-reloaded' })
  t.match(items, [{ by: 'ann', subject: 'application:shop' }])
  t.equal(items.length, 1)
})

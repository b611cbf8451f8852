import { test } from 'tap'
import { PointsmanError } from '../../../src/core/errors.js'
import { managing } from '../../support/managing.js'

const GATEWAY = {
  id: 'a',
  host: 'here',
  version: '1',
  startedAt: '2026-01-01T00:00:00.000Z',
  applications: [{ name: 'shop', servedVersion: 3, refusedVersion: null }],
}

test('Whoever may look sees which gateways there are', async (t) => {
  const { as, service } = await managing(t)
  t.match(await as('viewer')('GET', '/api/gateways'), { status: 200, body: { items: [] } })
  service.fleet = [GATEWAY]
  t.same((await as('viewer')('GET', '/api/gateways')).body, { items: [GATEWAY] })
  t.match(await as('nobody')('GET', '/api/gateways'), { status: 403 })
  service.fleet = new PointsmanError('STORE_LOST', 'gone')
  t.match(await as('viewer')('GET', '/api/gateways'), { status: 503 })
})

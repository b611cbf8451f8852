import { test, type Test } from 'tap'
import type { ChangeView } from '../../src/manage/api/changes.js'
import { locationFor, Models } from '../support/gateway.js'
import { asking, type Ask } from '../support/managing.js'
import { freePort, startPointsman } from '../support/pointsman.js'

const STABLE = 'player?receiverType=box9'
const PASSWORD = 'correct horse battery staple'
const WITHIN_MS = 1000

async function signIn(url: string, name: string): Promise<Ask> {
  const { status, headers } = await asking(url)('POST', '/api/session', {
    body: { name, password: PASSWORD },
  })
  if (status !== 200) throw new Error(`${name} cannot sign in: ${status}`)
  const [cookie = ''] = headers.getSetCookie().map((each) => each.split(';')[0])
  return asking(url, { cookie, origin: url })
}

async function startManaged(t: Test) {
  const port = await freePort()
  const models = Models.ofExample(t)
  const app = await startPointsman(t, {
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    ...models.environment,
    MANAGEMENT_BOOTSTRAP_USER: 'root',
    MANAGEMENT_BOOTSTRAP_PASSWORD: PASSWORD,
  })
  const url = `http://127.0.0.1:${app.managementPort}`
  await app.logged(({ action }) => action === 'user-created')
  const root = await signIn(url, 'root')
  for (const [name, role] of [
    ['ann', 'editor'],
    ['bob', 'approver'],
  ] as const) {
    const body = {
      name,
      displayName: name,
      grants: [{ role, on: 'application:player' }],
      signIn: 'password',
      password: PASSWORD,
    }
    const { status, body: why } = await root('POST', '/api/users', { body })
    if (status !== 201) throw new Error(JSON.stringify(why))
  }
  return { app, port, models, root, ann: await signIn(url, 'ann'), bob: await signIn(url, 'bob') }
}

test('Two people change what a built gateway answers, beside others who edit its files', async (t) => {
  const { port, ann, bob, app, models, root } = await startManaged(t)
  await t.test('What two agree on is in force, and so is the way back', async (t) => {
    const { body, headers } = await ann('GET', '/api/applications/player')
    const { document } = body as { document: object }
    t.match(await locationFor(port, STABLE), /:8443\/play/)
    const urlDefaults = { protocol: 'https', urn: 'new', port: 9443, ipVersion: 4 }
    const proposed = await ann('POST', '/api/changes', {
      body: {
        subject: { kind: 'application', name: 'player' },
        title: 'Another port',
        baseVersion: Number(headers.get('etag')?.replaceAll('"', '')),
        document: { ...document, urlDefaults },
      },
    })
    t.match(proposed, { status: 201, body: { differences: 2, problems: [] } })
    const approve = async (ask: Ask, told: typeof proposed) => {
      const { id } = told.body as ChangeView
      const names = { 'if-match': told.headers.get('etag') ?? '' }
      return ask('POST', `/api/changes/${id}/approval`, { body: {}, headers: names })
    }
    t.match(await approve(ann, proposed), { status: 403 })
    const approvedAt = Date.now()
    t.match(await approve(bob, proposed), { status: 200, body: { state: 'applied' } })
    await app.logged(({ msg, version }) => msg === 'model serves' && version === 1)
    t.match(await locationFor(port, STABLE), /:9443\/new/)
    const tookMs = Date.now() - approvedAt
    t.comment(`${tookMs} ms from the approval to the answer`)
    t.ok(tookMs < 5 * WITHIN_MS, `${tookMs} ms`)

    const back = await ann('POST', '/api/history/0/rollback?subject=application:player')
    t.match(back, { status: 201, body: { title: 'Back to version 0' } })
    t.match(await approve(bob, back), { status: 200 })
    await app.logged(({ msg, version }) => msg === 'model serves' && version === 2)
    t.match(await locationFor(port, STABLE), /:8443\/play/)
    const history = await bob('GET', '/api/history?subject=application:player')
    t.match(history.body, {
      items: [
        { version: 2, authors: ['ann'], approver: 'bob' },
        { version: 1, authors: ['ann'], approver: 'bob', title: 'Another port' },
        { version: 0, change: null },
      ],
    })
  })
  await t.test('What was proposed before a file was edited has to be merged', async (t) => {
    const { body } = await ann('GET', '/api/applications/player')
    const { document } = body as { document: object }
    const proposed = await ann('POST', '/api/changes', {
      body: {
        subject: { kind: 'application', name: 'player' },
        title: 'Fewer hosts',
        baseVersion: 2,
        document: { ...document, settings: { minimumHosts: 1 } },
      },
    })
    const { id } = proposed.body as ChangeView
    models.edit('player', { distribution: [] })
    await app.logged(({ msg, version }) => msg === 'model serves' && version === 3)
    const headers = { 'if-match': proposed.headers.get('etag') ?? '' }
    t.match(await bob('POST', `/api/changes/${id}/approval`, { body: {}, headers }), {
      status: 409,
      body: { current: { version: 3 } },
    })
    const merge = await ann('GET', `/api/changes/${id}/merge`)
    t.match(merge.body, {
      currentVersion: 3,
      document: { distribution: undefined },
      conflicts: [],
    })
    const { document: merged } = merge.body as { document: unknown }
    const amended = await ann('PUT', `/api/changes/${id}`, {
      body: { title: 'Fewer hosts', baseVersion: 3, document: merged },
      headers,
    })
    const again = { 'if-match': amended.headers.get('etag') ?? '' }
    t.match(await bob('POST', `/api/changes/${id}/approval`, { body: {}, headers: again }), {
      status: 200,
      body: { applied: { version: 4 } },
    })
    const audit = await root('GET', '/api/audit?action=change-approved')
    t.match(audit.body, { items: [{ by: 'bob', subject: 'application:player' }, {}, {}] })
    const openApi = await root('GET', '/api/openapi.json')
    const { paths } = openApi.body as { paths: Readonly<Record<string, unknown>> }
    for (const path of ['/api/changes', '/api/history', '/api/events', '/api/backup', '/api/lists'])
      t.ok(paths[path], path)
  })
  t.equal(await app.stop(), 0)
})

import { createServer } from 'node:http'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { gatewayStatus, locationFor, Models } from '../support/gateway.js'
import { Load } from '../support/load.js'
import {
  freePort,
  runPointsman,
  startPointsman,
  type Environment,
  type Pointsman,
} from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { scrapeUntil, sum } from '../telemetry/scraped.js'

const BETA = 'player?mac=00:00:5E:00:53:01'
const STABLE = 'player?receiverType=box9'
const TO_2_0 = /^https:\/\/192\.0\.2\.2[12]:8443\/play/
const TO_1_9 = /^https:\/\/(?:192\.0\.2\.[12]|198\.51\.100\.1):8443\/play/

/** How soon another model is to be in force. */
const WITHIN_MS = 1000

async function startGateway(
  t: Test,
  models: Models,
  variables: Environment = {},
): Promise<{ readonly app: Pointsman; readonly port: number }> {
  const port = await freePort()
  const app = await startPointsman(t, {
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    ...models.environment,
    ...variables,
  })
  return { app, port }
}

for (const workers of ['0', '2'])
  test(`A model that is changed under load is in force soon, and no request is lost, with ${workers} workers`, async (t) => {
    const models = Models.ofExample(t)
    const { app, port } = await startGateway(t, models, { WORKERS: workers })
    t.match(await locationFor(port, BETA), TO_2_0)
    t.match(await locationFor(port, STABLE), TO_1_9)
    const request = `GET /serviceDirect/${STABLE} HTTP/1.1\r\nHost: h\r\n\r\n`
    const load = new Load(t, { port, clients: 8, request })
    await load.more(200)

    const written = Date.now()
    models.edit('player', { distribution: [], defaultServer: { name: 'default', path: '2.0' } })
    const served = await app.logged(({ msg, version }) => msg === 'model serves' && version === 1)
    t.equal(served['before'], 0)
    await load.more(50)
    t.match(await locationFor(port, STABLE), TO_2_0)
    t.comment(`${Date.now() - written} ms after it was written`)
    const told = Date.parse(String(served['time'])) - written
    t.ok(told < 2 * WITHIN_MS, `${told} ms until it served`)

    await load.more(200)
    const stopped = app.stop()
    await load.ended
    t.same([...load.statuses.keys()], [302])
    // A connection that comes just when the last worker lets go of the port can be accepted by the kernel and by nobody else.
    const unserved = workers === '0' ? 0 : load.unserved
    t.equal(load.lost.length - unserved, 0, 'no request on a connection that was in use is lost')
    t.equal(await stopped, 0)
  })

test('A broken model is refused with the place and the reason, and the one that runs stays', async (t) => {
  const models = Models.ofExample(t)
  const { app, port } = await startGateway(t, models)
  models.edit('player', { whitelist: ['nonsense'] })
  await app.logged(({ msg }) => msg === 'model refused')
  t.match(await gatewayStatus(app), {
    store: { state: 'live', reason: '' },
    discovery: null,
    applications: [
      {
        name: 'player',
        version: 0,
        refusedVersion: 1,
        problems: [{ code: 'WhitelistInvalidPath', path: '/whitelist/0' }],
        hosts: 'stored',
      },
    ],
  })
  t.match(await locationFor(port, BETA), TO_2_0)
  models.writeText('applications/player.json', '{"rules": [')
  await app.logged(({ msg, serving }) => msg === 'model refused' && serving === 0)
  t.equal(await app.managementStatus('/readyz'), 200)
  t.match(await locationFor(port, BETA), TO_2_0)
  const scraped = await scrapeUntil(
    app,
    (seen) => sum(seen, 'pointsman_gateway_answers_total') >= 2,
  )
  t.equal(sum(scraped, 'pointsman_gateway_model_refused', 'application="player"'), 1)
  t.equal(sum(scraped, 'pointsman_gateway_model_version', 'application="player"'), 0)
  const byRule = ['application="player"', 'by="rule"', 'status="302"']
  t.equal(sum(scraped, 'pointsman_gateway_answers_total', ...byRule), 2)
})

test('An application comes and goes while the gateway runs', async (t) => {
  const models = new Models(t)
  const { app, port } = await startGateway(t, models)
  t.equal(await locationFor(port, 'shop'), '404')
  models.write('applications/shop.json', {
    defaultServer: { name: 'default', url: 'https://shop.example.com/' },
  })
  await app.logged(({ msg, application }) => msg === 'model serves' && application === 'shop')
  t.equal(await locationFor(port, 'shop'), 'https://shop.example.com/')
})

test('SIGHUP changes how a gateway answers, and ends it', async (t) => {
  const models = Models.ofExample(t)
  const file = join(models.folder, 'env')
  const port = await freePort()
  const gateway = `GATEWAY_HOST=127.0.0.1\nGATEWAY_PORT=${port}\n`
  writeFileSync(file, gateway)
  const app = await startPointsman(t, { ...models.environment, ENV_FILE: file })
  const reload = async (text: string, message = 'configuration reloaded') => {
    writeFileSync(file, text)
    const before = app.logs.length
    app.signal('SIGHUP')
    return app.logged((line) => line['msg'] === message && app.logs.indexOf(line) >= before)
  }
  t.match(await locationFor(port, BETA), TO_2_0)
  await reload(`${gateway}GATEWAY_RESPONSE=body\n`)
  t.equal(await locationFor(port, BETA), '200')
  const refused = await reload(`${gateway}MAX_HEADER_SIZE=9999\n`, 'configuration not reloaded')
  t.match(refused['problems'], [/^MAX_HEADER_SIZE: .*restart/])
  await reload('DNS_ZONE=a.test\nDNS_HOST=127.0.0.1\nDNS_PORT=0\n')
  await t.rejects(dial(t, port), { code: 'ECONNREFUSED' })
  t.equal(await gatewayStatus(app), null)
})

test('A gateway that is started without its store serves what it served last', async (t) => {
  const models = Models.ofExample(t)
  const first = await startGateway(t, models)
  t.match(await locationFor(first.port, BETA), TO_2_0)
  t.equal(await first.app.stop(), 0)
  const again = await startGateway(t, models, { MODEL_STORE: 'file:/dev/null/none' })
  t.match(await locationFor(again.port, BETA), TO_2_0)
  t.match(await gatewayStatus(again.app), { store: { state: 'lost' } })
})

async function startHost(t: Test, address: string, port: number): Promise<void> {
  const server = createServer((request, response) => response.end(`${address} ${request.url}`))
  server.listen(port, address)
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
}

test('A rule of the proxy forwards to the host that the rules of an application choose', async (t) => {
  const [stable, canary] = ['127.0.0.71', '127.0.0.72']
  const port = await freePort([stable, canary])
  await startHost(t, stable, port)
  await startHost(t, canary, port)
  const models = new Models(t)
  models.write('hosts/web.json', [
    { path: '/DC1/Z1/1', hosts: [{ ipv4: stable }] },
    { path: '/DC1/Z1/2', hosts: [{ ipv4: '127.0.0.73' }, { ipv4: canary }] },
  ])
  const defaults = { protocol: 'http', urn: 'x', port, ipVersion: 4 }
  models.write('applications/web.json', {
    rules: [
      {
        id: 'canary',
        conditions: [{ kind: 'equals', parameter: 'X-Version', value: 'new' }],
        then: { server: { path: '2' } },
      },
    ],
    defaultServer: { path: '1' },
    urlDefaults: defaults,
    whitelist: ['/DC1/Z1'],
  })
  const proxy = await startPointsman(t, {
    LISTENER_RULE_1_PATH_PREFIX: '/app',
    LISTENER_RULE_1_PATH_REWRITE: '/app',
    LISTENER_RULE_1_APPLICATION: 'web',
    LISTENER_RULE_2_PATH_PREFIX: '/other',
    LISTENER_RULE_2_APPLICATION: 'other',
    ...models.environment,
  })
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(proxy.url + path, { headers })
    return `${response.status} ${await response.text()}`
  }
  t.equal(await get('/app/a?b=c'), `200 ${stable} /a?b=c`)
  for (let n = 0; n < 4; n++)
    t.equal(await get('/app/', { 'X-Version': 'new' }), `200 ${canary} /`, 'the other host is down')
  t.equal(await get('/app/a?X-Version=new'), `200 ${canary} /a?X-Version=new`)
  t.equal(await get('/app/?a=%ff'), '400 ')
  t.equal(await get('/other/'), '503 ', 'an application that is not known')
  models.edit('web', { urlDefaults: { ...defaults, protocol: 'xre' } })
  await proxy.logged(({ msg, version }) => msg === 'model serves' && version === 1)
  t.equal(await get('/app/'), '503 ', 'a protocol that cannot be forwarded')
})

test('explain tells a decision and why it is so, for people and as JSON', async (t) => {
  const { environment } = Models.ofExample(t)
  const { code, stdout, stderr } = await runPointsman(
    ['explain', 'player', 'mac=00:00:5e:00:53:01', 'receiverType=web'],
    environment,
  )
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /^player, version 0: rule beta_boxes\n {2}wss:\/\/192\.0\.2\.2[12]:443\/play\?/)
  t.match(stdout, / {4}yes {2}mac is one of the lists beta: /)
  t.match(stdout, /web_players: matches/)
  const canary = ['explain', '--json', 'player', 'serviceAccountId=a9']
  const told = JSON.parse((await runPointsman(canary, environment)).stdout) as unknown
  t.match(told, {
    application: 'player',
    explanation: {
      decision: { by: 'distribution' },
      rules: [{ id: 'beta_boxes', matched: false }],
    },
    locations: [TO_2_0],
    hosts: { count: 5, areLive: false },
  })
})

const REFUSALS: readonly [args: readonly string[], variables: Environment, message: RegExp][] = [
  [[], {}, /^explain takes the name of an application\n\nUsage/],
  [['player', 'mac'], {}, /^"mac" is no <parameter>=<value>\n\nUsage/],
  [['nobody'], {}, /^There is no application nobody; known: player\n$/],
  [['player'], { MODEL_STORE: 'here' }, /^MODEL_STORE=here: must be zookeeper or file:/],
  [['player'], { MODEL_STORE: 'file:/dev/null/none' }, /\/dev\/null\/none/],
]

test('explain says what stands in the way', async (t) => {
  const { environment } = Models.ofExample(t)
  for (const [args, variables, message] of REFUSALS) {
    const run = await runPointsman(['explain', ...args], { ...environment, ...variables })
    t.match(run, { code: 1, stdout: '', stderr: message }, args.join(' '))
  }
  const models = Models.ofExample(t)
  models.edit('player', { whitelist: ['nonsense'] })
  const refused = await runPointsman(['explain', 'player'], models.environment)
  t.equal(refused.code, 1)
  t.match(refused.stderr, /^Version 0 of player is refused\n\/whitelist\/0 WhitelistInvalidPath: /)
})

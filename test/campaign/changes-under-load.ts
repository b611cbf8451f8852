import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { Load } from '../support/load.js'
import { setUp } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { message } from '../support/recording-target.js'
import { startTargetProcess } from '../support/target-process.js'
import { tell } from './figures.js'

const CLIENTS = 64
const ROUNDS = 10
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
const POST = message('POST / HTTP/1.1', ['Host: h', 'Content-Length: 5'], 'hello')

const failed = (load: Load) => load.lost.length + load.answered - (load.statuses.get(200) ?? 0)

async function startTargets(t: Test) {
  const targets = await Promise.all([1, 2, 3].map(() => startTargetProcess(t)))
  return { targets, list: targets.map(({ address }) => address).join(',') }
}

for (const [request, allowed] of [
  [GET, 0],
  [POST, CLIENTS],
] as const) {
  const method = request.slice(0, request.indexOf(' '))
  test(`A target killed under load, ${method}`, async (t) => {
    let worst = 0
    let asked = 0
    for (let round = 0; round < ROUNDS; round++) {
      const { targets, list } = await startTargets(t)
      const proxy = await startPointsman(t, environment([{ prefix: '/', targets: list }]))
      const load = new Load(t, { port: proxy.port, clients: CLIENTS, request })
      await load.more(2000)
      targets[round % 3]?.kill()
      await load.more(4000)
      await load.stop()
      worst = Math.max(worst, failed(load))
      asked += load.answered
      for (const target of targets) target.kill()
      await proxy.stop()
    }
    t.ok(worst <= allowed)
    tell(
      `SIGKILL of a target, ${ROUNDS} times, ${CLIENTS} × ${method}`,
      `${worst} failed at worst, of ${asked}`,
    )
  })
}

test('A stop under load', async (t) => {
  let lost = 0
  let asked = 0
  for (let round = 0; round < ROUNDS; round++) {
    const { proxy } = await setUp(t)
    const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: GET })
    await load.more(1000)
    t.equal(await proxy.stop(), 0)
    await load.ended
    lost += failed(load)
    asked += load.answered
  }
  t.equal(lost, 0)
  tell(`SIGTERM ${ROUNDS} times, ${CLIENTS} × GET`, `${lost} lost, of ${asked}`)
})

test('Reloads under load', async (t) => {
  const { targets, list } = await startTargets(t)
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-campaign-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'pointsman.env')
  const serveBy = (addresses: string) => {
    const variables = environment([{ prefix: '/', targets: addresses }])
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(file, lines.join(''))
  }
  serveBy(list)
  const proxy = await startPointsman(t, { ENV_FILE: file })
  const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: POST })
  for (let round = 0; round < ROUNDS * 5; round++) {
    serveBy(targets[round % 3]?.address ?? list)
    proxy.signal('SIGHUP')
    await load.more(500)
  }
  await load.stop()
  t.equal(failed(load), 0)
  tell(
    `SIGHUP ${ROUNDS * 5} times, ${CLIENTS} × POST`,
    `${failed(load)} failed, of ${load.answered}`,
  )
})

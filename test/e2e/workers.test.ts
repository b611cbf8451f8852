import { readFileSync } from 'node:fs'
import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { Load } from '../support/load.js'
import { startPointsman, type Pointsman } from '../support/pointsman.js'
import { echo, startTarget } from '../support/recording-target.js'
import { startCountingTarget } from '../support/counting-target.js'

const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const CLIENTS = 16

function workersOf({ pid }: Pointsman): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').map(Number)
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function startWorkers(t: Test): Promise<Pointsman> {
  const target = await startCountingTarget(t)
  const rules = [{ prefix: '/', targets: target.address }]
  const proxy = await startPointsman(t, environment(rules, { WORKERS: '2' }))
  t.equal(workersOf(proxy).length, 2)
  return proxy
}

test('A worker that is killed takes only its own connections with it, and is replaced', async (t) => {
  const proxy = await startWorkers(t)
  const before = workersOf(proxy)
  const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: GET })
  await load.more(500)
  const [victim = 0] = before
  process.kill(victim, 'SIGKILL')
  await until('another worker', () => {
    const now = workersOf(proxy)
    return now.length === 2 && !now.includes(victim)
  })
  t.ok(before[1] !== undefined && workersOf(proxy).includes(before[1]), 'the other did not notice')
  await load.more(500)
  await load.stop()
  t.ok(load.lost.length <= CLIENTS, `${load.lost.length} requests were lost`)
  t.strictSame([...load.statuses.keys()], [200])
  await proxy.logged(({ msg, reason }) => msg === 'worker lost' && reason === 'signal SIGKILL')
})

test('A worker that is stuck is found and replaced, while the other answers', async (t) => {
  const proxy = await startWorkers(t)
  const [victim = 0, other = 0] = workersOf(proxy)
  process.kill(victim, 'SIGSTOP')
  const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: GET })
  await load.more(500)
  await until('another worker', () => !workersOf(proxy).includes(victim))
  await until('two workers', () => workersOf(proxy).length === 2)
  t.ok(workersOf(proxy).includes(other))
  await load.more(500)
  await load.stop()
  t.strictSame([...load.statuses.keys()], [200])
})

test('Every worker counts, and the primary adds up', async (t) => {
  const proxy = await startWorkers(t)
  const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: GET })
  await load.more(1000)
  await load.stop()
  const count = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${proxy.managementPort}/metrics`)
    const lines = (await response.text()).split('\n')
    const requests = lines.filter((line) => line.startsWith('pointsman_requests_total{'))
    return requests.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }
  const deadline = Date.now() + 10_000
  while ((await count()) < load.answered && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.equal(await count(), load.answered)
})

test('Workers drain like a single process', async (t) => {
  const target = await startTarget(t, (request) => setTimeout(() => echo(request), 50))
  const rules = [{ prefix: '/', targets: target.address }]
  const proxy = await startPointsman(t, environment(rules, { WORKERS: '2' }))
  const load = new Load(t, { port: proxy.port, clients: CLIENTS, request: GET })
  await load.more(50)
  const ended = proxy.stop()
  await load.ended
  t.equal(await ended, 0)
  // A connection that comes just when the last worker lets go of the port can be accepted by the kernel and by nobody else.
  t.equal(load.lost.length - load.unserved, 0, 'no request on a connection that was in use is lost')
  t.strictSame([...load.statuses.keys()], [200])
})

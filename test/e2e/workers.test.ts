import { readFileSync } from 'node:fs'
import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { eventually } from '../support/eventually.js'
import { Load } from '../support/load.js'
import { startPointsman, type Environment, type Pointsman } from '../support/pointsman.js'
import { echo, startTarget } from '../support/recording-target.js'
import { startCountingTarget } from '../support/counting-target.js'
import { signedIn, WITH_ADMINISTRATOR } from '../support/signed-in.js'

const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const GET_ONCE = 'GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
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

async function answers({ url }: Pointsman): Promise<boolean> {
  return (await fetch(url).catch(() => undefined))?.ok ?? false
}

/** Clients that keep their connections, and some that make one for each request, so that every worker gets some. */
class Crowd {
  private readonly loads: readonly Load[]

  constructor(t: Test, port: number) {
    const requests = [GET, GET_ONCE]
    this.loads = requests.map((request) => new Load(t, { port, clients: CLIENTS / 2, request }))
  }

  async more(answers: number): Promise<void> {
    await Promise.all(this.loads.map((load) => load.more(answers)))
  }

  /** Lets the requests under way end; what came of all. */
  async stop(): Promise<{ statuses: readonly number[]; lost: readonly string[] }> {
    await Promise.all(this.loads.map((load) => load.stop()))
    const statuses = new Set(this.loads.flatMap((load) => [...load.statuses.keys()]))
    return { statuses: [...statuses], lost: this.loads.flatMap(({ lost }) => lost) }
  }
}

test('What an operator wants of a target holds in every worker, also in those that come later', async (t) => {
  const [a, b] = [await startCountingTarget(t), await startCountingTarget(t)]
  const rules = [
    {
      prefix: '/',
      targets: `${a.address}, ${b.address}`,
      group: { ALGORITHM: 'WEIGHTED', HEALTH_CHECK: 'none' },
    },
  ]
  const others: Environment = {
    WORKERS: '2',
    MODEL_STORE: `file:${t.testdir()}`,
    ...WITH_ADMINISTRATOR,
  }
  const proxy = await startPointsman(t, environment(rules, others))
  const ask = await signedIn(proxy)
  const path = `/api/groups/group-1/targets/${encodeURIComponent(`http://${a.address}`)}`
  const put = async (state: string, weight: number | null): Promise<void> => {
    t.equal((await ask('PUT', path, { body: { state, weight } })).status, 200)
  }
  /** How many of so many answers come from the first target, and from the other. */
  const shares = async (crowd: Crowd, answers: number): Promise<readonly [number, number]> => {
    // What is under way while this begins was sent by what held before.
    await crowd.more(CLIENTS)
    const before = [a.count, b.count] as const
    await crowd.more(answers)
    return [a.count - before[0], b.count - before[1]]
  }
  const crowd = new Crowd(t, proxy.port)
  const [ofA, ofB] = await shares(crowd, 200)
  t.ok(ofA > 100 && ofB > 100, `both get their half: ${ofA}, ${ofB}`)

  await put('draining', null)
  t.match(await shares(crowd, 1000), [0, Number], 'one that is drained gets nothing new')
  t.same(await crowd.stop(), { statuses: [200], lost: [] })

  for (const worker of workersOf(proxy)) process.kill(worker, 'SIGKILL')
  await eventually('other workers serve', () => answers(proxy))
  const later = new Crowd(t, proxy.port)
  t.match(await shares(later, 500), [0, Number], 'nor from workers that have just come')
  await put('enabled', 100)
  const [most, least] = await shares(later, 1000)
  t.ok(most > 50 * least && least > 0, `a weight of 100 beside one of 1: ${most}, ${least}`)
  t.equal((await ask('DELETE', path)).status, 204)
  const [half, other] = await shares(later, 200)
  t.ok(half < 2 * other && other < 2 * half, `as configured again: ${half}, ${other}`)
  t.same(await later.stop(), { statuses: [200], lost: [] })
})

import { once } from 'node:events'
import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { Load } from '../support/load.js'
import { setUp } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { download, pour, startPouring, upload } from '../support/pouring.js'
import { dial } from '../support/raw.js'
import { echo, message } from '../support/recording-target.js'
import { startTargetProcess } from '../support/target-process.js'

const MIB = 1 << 20
const SIZE = 64 * MIB
const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const PART = 'GET /x HTT'
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('Large bodies stream each way in bounded memory', async (t) => {
  const proxy = await startPouring(t, SIZE)
  const ways = {
    'towards the client': () => download(proxy),
    'towards the target, with a length': () => upload(proxy, SIZE, false),
    'towards the target, in chunks': () => upload(proxy, SIZE, true),
  }
  for (const [name, send] of Object.entries(ways)) {
    await t.test(name, async (t) => {
      const { sizeBytes, peakRssBytes } = await send()
      t.equal(sizeBytes, SIZE)
      t.ok(peakRssBytes < 200 * MIB, `RSS ${Math.round(peakRssBytes / MIB)} MiB`)
    })
  }
})

/** Resolves when `value` has not changed for 300 ms; gives it. */
async function settled(value: () => number): Promise<number> {
  for (let before = -1; ;) {
    const now = value()
    if (now === before && now > 0) return now
    before = now
    await wait(300)
  }
}

test('A side that does not read stops the other', async (t) => {
  const { proxy, target } = await setUp(t)

  await t.test('a client that does not read its response', async (t) => {
    target.answer = ({ connection }) => {
      connection.send(message('HTTP/1.1 200 OK', [`Content-Length: ${SIZE}`]))
      void pour(connection.socket, SIZE)
    }
    const client = await dial(t, proxy.port)
    client.socket.pause()
    client.send(GET)
    const { connection } = await target.request()
    const taken = await settled(() => connection.socket.bytesWritten)
    t.ok(taken < SIZE / 2, `${Math.round(taken / MIB)} MiB were taken`)
    t.ok(proxy.rssBytes() < 200 * MIB)
    // Its own reader would keep all of it.
    client.socket.removeAllListeners('data').resume()
    while (client.socket.bytesRead < SIZE) await once(client.socket, 'data')
    t.pass('and then gets all of it')
  })

  await t.test('a target that does not read its request', async (t) => {
    const other = await setUp(t)
    other.target.onHead = ({ connection }) => connection.socket.pause()
    const client = await dial(t, other.proxy.port)
    client.send(message('POST / HTTP/1.1', ['Host: h', `Content-Length: ${SIZE}`]))
    const pouring = pour(client.socket, SIZE)
    const taken = await settled(() => client.socket.bytesWritten)
    t.ok(taken < SIZE / 2, `${Math.round(taken / MIB)} MiB were taken`)
    t.ok(other.proxy.rssBytes() < 200 * MIB)
    client.reset()
    await pouring
  })
})

test('A thousand idle connections cost little, and stay usable', async (t) => {
  const { proxy } = await setUp(t)
  const before = proxy.rssBytes()
  const clients = await Promise.all(Array.from({ length: 1000 }, () => dial(t, proxy.port)))
  for (let round = 0; round < 2; round++) {
    const statuses = new Set<number>()
    for (const client of clients) statuses.add((await client.ask(GET)).status)
    t.strictSame([...statuses], [200])
  }
  const grown = proxy.rssBytes() - before
  t.ok(grown < 100 * MIB, `grown by ${Math.round(grown / MIB)} MiB`)
})

async function killUnderLoad(t: Test, request: string) {
  const targets = await Promise.all([1, 2, 3].map(() => startTargetProcess(t)))
  const addresses = targets.map((target) => target.address).join(',')
  const proxy = await startPointsman(t, environment([{ prefix: '/', targets: addresses }]))
  const load = new Load(t, { port: proxy.port, clients: 64, request })
  await load.more(500)
  targets[1]?.kill()
  await load.more(1500)
  await load.stop()
  return load
}

test('A target that is killed under load', async (t) => {
  await t.test('fails no GET', async (t) => {
    const load = await killUnderLoad(t, GET)
    t.strictSame(load.lost, [])
    t.strictSame([...load.statuses.keys()], [200])
  })

  await t.test('fails no more POSTs than were under way', async (t) => {
    const post = message('POST / HTTP/1.1', ['Host: h', 'Content-Length: 5'], 'hello')
    const load = await killUnderLoad(t, post)
    t.strictSame(load.lost, [])
    const failed = load.answered - (load.statuses.get(200) ?? 0)
    t.ok(failed <= 64, `${failed} failed`)
    t.strictSame(
      [...load.statuses.keys()].filter((status) => ![200, 502].includes(status)),
      [],
    )
  })
})

test('No socket is leaked, whoever leaves when', async (t) => {
  const { proxy, target } = await setUp(t)
  const begun = message('HTTP/1.1 200 OK', ['Content-Length: 10'], 'hello')
  const before = proxy.openSockets()
  const post = message('POST / HTTP/1.1', ['Host: h', 'Content-Length: 10'], 'hello')
  for (let n = 0; n < 25; n++) {
    for (const request of [GET, post, PART]) {
      for (const answer of ['', begun, 'HTTP/1.1 2']) {
        target.answer = answer
        const client = await dial(t, proxy.port)
        client.send(request)
        // Half of them leave when the target has their request, the others at once.
        if (n % 2 === 0 && request !== PART) await target.until(() => target.heads[0])
        if (n % 3 === 0) client.reset()
        else client.socket.destroy()
        target.take()
      }
    }
  }
  target.answer = echo
  t.equal((await (await dial(t, proxy.port)).ask(GET)).status, 200)
  const deadline = Date.now() + 8000
  // A client that is still there, and idle connections to the target.
  while (proxy.openSockets() > before + 4 && Date.now() < deadline) await wait(50)
  t.ok(proxy.openSockets() <= before + 4, `${before} before, ${proxy.openSockets()} after`)
})

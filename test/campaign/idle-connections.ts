import { test } from 'tap'
import { setUp } from '../support/pass.js'
import { dial, type RawClient } from '../support/raw.js'
import { mebibytes, tell } from './figures.js'

const CONNECTIONS = 10_000
const MEMORY_LIMIT = 300 << 20
const AT_A_TIME = 200
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'

test('10 000 idle connections fit in less than 300 MiB', async (t) => {
  const { proxy } = await setUp(t, { KEEP_ALIVE_TIMEOUT: '600000' })
  const before = proxy.rssBytes()
  const clients: RawClient[] = []
  while (clients.length < CONNECTIONS) {
    const more = Array.from({ length: AT_A_TIME }, () => dial(t, proxy.port))
    clients.push(...(await Promise.all(more)))
  }
  tell('RSS without a connection', mebibytes(before))
  for (const round of ['first', 'second']) {
    let served = 0
    for (let at = 0; at < CONNECTIONS; at += AT_A_TIME) {
      const some = clients.slice(at, at + AT_A_TIME).map((client) => client.ask(GET))
      for (const { status } of await Promise.all(some)) if (status === 200) served++
    }
    t.equal(served, CONNECTIONS)
    t.ok(proxy.rssBytes() < MEMORY_LIMIT)
    const each = Math.round((proxy.rssBytes() - before) / CONNECTIONS / 1024)
    const rss = `RSS ${mebibytes(proxy.rssBytes())}, ${each} KiB each`
    tell(`after the ${round} request on each of ${CONNECTIONS} connections`, rss)
  }
})

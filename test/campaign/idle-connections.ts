import { test } from 'tap'
import { setUp } from '../support/pass.js'
import { dial, type RawClient } from '../support/raw.js'
import { mebibytes, tell } from './figures.js'

const CONNECTIONS = 10_000
const MEMORY_LIMIT = 300 << 20
const AT_A_TIME = 200
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'

/** Asks once on each connection; how many were served. */
async function serve(clients: readonly RawClient[]): Promise<number> {
  const responses = await Promise.all(clients.map((client) => client.ask(GET)))
  return responses.filter(({ status }) => status === 200).length
}

test('10 000 idle connections fit in less than 300 MiB', async (t) => {
  const { proxy } = await setUp(t, { KEEP_ALIVE_TIMEOUT: '600000' })
  const before = proxy.rssBytes()
  tell('RSS without a connection', mebibytes(before))
  const clients: RawClient[] = []
  let served = 0
  while (clients.length < CONNECTIONS) {
    const some = Array.from({ length: AT_A_TIME }, () => dial(t, proxy.port))
    clients.push(...(await Promise.all(some)))
    served += await serve(clients.slice(-AT_A_TIME))
  }
  t.equal(served, CONNECTIONS)
  const opened = proxy.rssBytes()
  const each = Math.round((opened - before) / CONNECTIONS / 1024)
  tell(
    `RSS with ${CONNECTIONS} connections that were served`,
    `${mebibytes(opened)}, ${each} KiB each`,
  )
  for (let at = 0; at < CONNECTIONS; at += AT_A_TIME) {
    served += await serve(clients.slice(at, at + AT_A_TIME))
  }
  t.equal(served, 2 * CONNECTIONS)
  tell('RSS when each was served once more', mebibytes(proxy.rssBytes()))
  t.ok(Math.max(opened, proxy.rssBytes()) < MEMORY_LIMIT)
})

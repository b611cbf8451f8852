import { createServer as createHttps } from 'node:https'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import type { Followed } from '../support/dns-environment.js'
import { freePort } from '../support/pointsman.js'
import type { TcpTargets } from '../support/tcp-targets.js'
import type { Shell } from './shell.js'

const SIX_TIMES = 'for i in $(seq 6); do $D +short www.ha.test; done'

/** Turns, orders, and what becomes of them when targets die and come back. */
export async function selection(shell: Shell, targets: TcpTargets): Promise<void> {
  const turn = '127.0.0.11\n127.0.0.12\n127.0.0.13'
  await shell.now(
    ['11', SIX_TIMES, `${turn}\n${turn}`],
    ['11', '$D +short ap.ha.test', '127.0.0.11'],
  )
  await targets.stop('127.0.0.12')
  await shell.soon(['12', `${SIX_TIMES} | sort | uniq -c`, /^ *3 127.0.0.11\n *3 127.0.0.13\n$/])
  await shell.now([
    '12',
    '$D _why.www.ha.test TXT',
    /127\.0\.0\.12:\d+ \(weight 1\): unhealthy, left out: 3 checks failed/,
  ])
  await targets.start('127.0.0.12')
  // Before the other leaves, or else the third may be chosen in between, and stay.
  await shell.soon(
    ['12', '$D +short _why.ap.ha.test TXT', /127\.0\.0\.12:\d+ \(weight 1\): healthy/],
    ['12', '$D +short _why.stays.ha.test TXT', /127\.0\.0\.12:\d+ \(weight 1\): healthy/],
  )
  await targets.stop('127.0.0.11')
  await shell.soon(
    ['12', '$D +short ap.ha.test', '127.0.0.12'],
    ['12', '$D +short stays.ha.test', '127.0.0.12'],
  )
  await targets.start('127.0.0.11')
  await shell.soon(
    ['12', '$D +short ap.ha.test', '127.0.0.11'],
    ['12', '$D +short stays.ha.test', '127.0.0.12'],
    ['12', '$D +short _why.stays.ha.test TXT', /127\.0\.0\.11:\d+ \(weight 1\): healthy/],
  )
  await shell.soon(
    ['13', '$D +short body.ha.test', '127.0.0.47'],
    ['13', '$D +short none.ha.test', '127.0.0.45'],
    ['13', '$D +short busy.ha.test', '127.0.0.46'],
    ['14', '$D +short named.ha.test', '127.0.0.48'],
    ['14', '$D unknown.ha.test', /status: SERVFAIL/],
    ['14', '$D +short unverified.ha.test', '127.0.0.48'],
    ['15', '$D dead.ha.test', /status: SERVFAIL/, /EDE: 0 .*none of the targets is healthy/],
    ['15', '$D dead.ha.test AAAA', /status: NOERROR/, /ANSWER: 0,/],
    ['15', '$D +short kept.ha.test | sort', '127.0.0.51\n127.0.0.52'],
  )
}

/** Answers of HTTP targets, by the last number of their addresses. */
const ANSWERS: Readonly<Record<number, RequestListener>> = {
  41: (_, response) => response.writeHead(500).end('ready'),
  42: (_, response) => response.end('broken'),
  43: (request) => request.socket.resetAndDestroy(),
  44: () => undefined,
  45: (_, response) => response.writeHead(204).end(),
  46: (_, response) => response.writeHead(429).end(),
  47: (_, response) => response.end('ready'),
}

/** Starts web servers that are well or not, and gives the names that lead to them. */
export async function startWebTargets(t: Test): Promise<readonly Followed[]> {
  const hosts = [41, 42, 43, 44, 45, 46, 47, 48].map((number) => `127.0.0.${number}`)
  const port = await freePort(hosts)
  for (const [number, answer] of Object.entries(ANSWERS)) {
    const server = createServer(answer).listen(port, `127.0.0.${number}`)
    t.teardown(() => server.closeAllConnections())
    t.teardown(() => server.close())
  }
  const certificate = selfSigned('svc.internal')
  const secure = createHttps(certificate, (_, response) => response.end()).listen(
    port,
    '127.0.0.48',
  )
  t.teardown(() => secure.closeAllConnections())
  t.teardown(() => secure.close())
  const file = join(t.testdir(), 'svc.pem')
  writeFileSync(file, certificate.cert)
  const at = (...numbers: readonly number[]): string =>
    numbers.map((number) => `127.0.0.${number}:${port}`).join()
  const check = { HEALTH_CHECK: 'http', HEALTH_INTERVAL: '200', HEALTH_TIMEOUT: '2000' }
  const tls = { ...check, HEALTH_SERVER_NAME: 'svc.internal' }
  const body = { ...check, HEALTH_BODY: 'ready' }
  const targets = `https://127.0.0.48:${port}`
  return [
    { name: 'body', targets: at(41, 42, 43, 44, 47), group: body, answers: 'all' },
    {
      name: 'none',
      targets: at(41, 45),
      group: { ...check, HEALTH_STATUS: '200-299' },
      answers: 'all',
    },
    {
      name: 'busy',
      targets: at(41, 46),
      group: { ...check, HEALTH_STATUS: '200, 429' },
      answers: 'all',
    },
    { name: 'named', targets, group: { ...tls, TLS_CA_FILE: file } },
    { name: 'unknown', targets, group: tls },
    { name: 'unverified', targets, group: { ...check, TLS_VERIFY: 'false' } },
  ]
}

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { environment } from '../support/environment.js'
import { Load } from '../support/load.js'
import { freePort, runPointsman, startPointsman, type Pointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import {
  message,
  ok,
  startTarget,
  type Answer,
  type SeenRequest,
} from '../support/recording-target.js'
import { requests, scrapeUntil, sum, type Scrape } from './scraped.js'

const GET = message('GET /a HTTP/1.1', ['Host: h'])
const TARGET_REQUESTS = 'pointsman_target_requests_total'
const reply = ok('hello')

for (const workers of ['0', '2']) {
  test(`Under load nothing is counted twice or not at all, with ${workers} workers`, async (t) => {
    const [one, two] = [await startTarget(t, reply), await startTarget(t, reply)]
    const proxy = await startPointsman(t, {
      ...environment([
        {
          prefix: '/',
          targets: `${one.address},${two.address},127.0.0.1:${await freePort()}`,
          group: { OUTLIER_FAILURES: '0', RETRIES: '2' },
        },
      ]),
      WORKERS: workers,
    })
    const load = new Load(t, { port: proxy.port, clients: 16, request: GET })
    await load.more(3000)
    await load.stop()
    t.same(load.lost, [])
    t.same([...load.statuses.keys()], [200])

    const scraped = await scrapeUntil(proxy, (seen) => requests(seen) >= load.answered)
    t.equal(requests(scraped), load.answered)
    t.equal(sum(scraped, 'pointsman_requests_total', 'status="2xx"'), load.answered)
    t.equal(sum(scraped, 'pointsman_request_duration_seconds_count'), load.answered)
    t.equal(sum(scraped, 'pointsman_response_bytes_total'), load.answered * 5)
    const retries = sum(scraped, 'pointsman_retries_total')
    t.ok(retries > load.answered / 5, 'every third request met the dead target first')
    t.equal(sum(scraped, TARGET_REQUESTS, 'status="failed"'), retries)
    t.equal(sum(scraped, 'pointsman_target_errors_total', 'code="CONNECT_REFUSED"'), retries)
    t.equal(sum(scraped, 'pointsman_errors_total'), 0, 'no client met an error')
    t.equal(sum(scraped, 'pointsman_target_response_time_seconds_count'), load.answered + retries)
    for (const { address } of [one, two]) {
      const label = `target="http://${address}"`
      t.ok(sum(scraped, TARGET_REQUESTS, label, 'status="2xx"') > load.answered / 3, label)
    }
    t.equal(sum(scraped, TARGET_REQUESTS, 'status="2xx"'), load.answered)
    t.equal(sum(scraped, 'pointsman_target_requests_in_flight'), 0)
  })
}

/** How one request ends. */
interface Ending {
  /** The path of the request, and the rule's prefix. */
  readonly path: string
  readonly answer: Answer
  /** Labels of what was counted at the rule, and at the target. */
  readonly status: string
  readonly targetStatus: string
  readonly code?: string
  /** Sends the request, and whatever makes it end so. */
  readonly ask?: (t: Test, port: number) => Promise<unknown>
}

function never(): void {
  // Whoever waits for an answer waits in vain.
}

async function askAndLeave(t: Test, port: number): Promise<void> {
  const client = await dial(t, port)
  client.send(message('GET /left HTTP/1.1', ['Host: h']))
  await client.received('HTTP/1.1 200')
  client.reset()
}

const ENDINGS: readonly Ending[] = [
  { path: '/fine', answer: ok('fine'), status: '2xx', targetStatus: '2xx' },
  {
    path: '/missing',
    answer: message('HTTP/1.1 404 Not Found', ['Content-Length: 0']),
    status: '4xx',
    targetStatus: '4xx',
  },
  {
    path: '/broken',
    answer: message('HTTP/1.1 503 Service Unavailable', ['Content-Length: 0']),
    status: '5xx',
    targetStatus: '5xx',
  },
  {
    path: '/garbage',
    answer: 'garbage\r\n\r\n',
    status: '5xx',
    targetStatus: 'failed',
    code: 'RESPONSE_MALFORMED',
  },
  {
    path: '/silent',
    answer: never,
    status: '5xx',
    targetStatus: 'failed',
    code: 'RESPONSE_TIMEOUT',
  },
  {
    path: '/part',
    answer: ({ connection }) => {
      connection.send(message('HTTP/1.1 200 OK', ['Content-Length: 9'], 'part'))
      connection.end()
    },
    status: 'failed',
    targetStatus: 'failed',
    code: 'RESPONSE_INCOMPLETE',
    ask: async (t, port) => (await dial(t, port)).send(getOf('/part')).rest(),
  },
  {
    path: '/left',
    answer: message('HTTP/1.1 200 OK', ['Content-Length: 9'], 'part'),
    status: 'aborted',
    targetStatus: 'aborted',
    code: 'CLIENT_GONE',
    ask: askAndLeave,
  },
]

function getOf(path: string): string {
  return message(`GET ${path} HTTP/1.1`, ['Host: h'])
}

test('Each request is counted by how it ended', async (t) => {
  const targets = await Promise.all(ENDINGS.map(({ answer }) => startTarget(t, answer)))
  const rules = ENDINGS.map(({ path }, at) => ({
    prefix: path,
    targets: targets[at]?.address ?? '',
  }))
  const proxy = await startPointsman(t, environment(rules, { CONNECTION_TIMEOUT: '500' }))
  for (const { path, ask } of ENDINGS) {
    if (ask) await ask(t, proxy.port)
    else await (await dial(t, proxy.port)).ask(getOf(path))
  }
  const scraped = await scrapeUntil(proxy, (seen) => requests(seen) >= ENDINGS.length)
  for (const [at, { path, status, targetStatus, code }] of ENDINGS.entries()) {
    const rule = `rule="${at + 1}",group="group-${at + 1}"`
    const target = `group="group-${at + 1}",target="http://${targets[at]?.address ?? ''}"`
    t.same(
      counted(scraped, rule, target),
      [
        ...(code ? [`pointsman_errors_total{${rule},code="${code}"} 1`] : []),
        `pointsman_requests_total{${rule},status="${status}"} 1`,
        ...(code ? [`pointsman_target_errors_total{${target},code="${code}"} 1`] : []),
        `pointsman_target_requests_total{${target},status="${targetStatus}"} 1`,
      ],
      path,
    )
  }
})

/** Everything that was counted as a request or an error under these labels. */
function counted(scraped: Scrape, ...labels: readonly string[]): readonly string[] {
  const lines = [...scraped]
    .filter(([series, value]) => value > 0 && /_(requests|errors)_total/.test(series))
    .filter(([series]) => labels.some((label) => series.includes(`{${label},`)))
  return lines.map((line) => line.join(' ')).sort()
}

test('What no target has seen is counted without rule and group', async (t) => {
  const target = await startTarget(t)
  const proxy = await startPointsman(
    t,
    environment([{ prefix: '/a', targets: target.address }], {
      MAX_BODY_SIZE: '10',
      HEADERS_TIMEOUT: '300',
    }),
  )
  const heads = [
    message('GET /b HTTP/1.1', ['Host: h']),
    message('POST /a HTTP/1.1', ['Host: h', 'Content-Length: 11'], 'x'.repeat(11)),
    'no request\r\n\r\n',
    message('CONNECT h:1 HTTP/1.1', ['Host: h']),
    'GET /a HTTP/1.1\r\n',
  ]
  for (const head of heads) await (await dial(t, proxy.port)).send(head).response()
  const scraped = await scrapeUntil(proxy, (seen) => requests(seen) >= heads.length)
  t.same(counted(scraped, 'rule="",group=""'), [
    'pointsman_errors_total{rule="",group="",code="METHOD_REFUSED"} 1',
    'pointsman_errors_total{rule="",group="",code="REQUEST_MALFORMED"} 1',
    'pointsman_errors_total{rule="",group="",code="REQUEST_TIMEOUT"} 1',
    'pointsman_errors_total{rule="",group="",code="REQUEST_TOO_LARGE"} 1',
    'pointsman_errors_total{rule="",group="",code="RULE_NOT_FOUND"} 1',
    'pointsman_requests_total{rule="",group="",status="4xx"} 5',
  ])
  t.equal(requests(scraped), 5)
})

test('A tunnel is counted by its bytes, and not by how long it was open', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => server.close())
  server.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)))
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as AddressInfo
  const proxy = await startPointsman(
    t,
    environment([{ prefix: '/', targets: `127.0.0.1:${port}` }]),
  )
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`)
  await once(socket, 'open')
  const open = await scrapeUntil(proxy, (seen) => inFlight(seen) > 0)
  t.equal(inFlight(open), 1)
  t.equal(requests(open), 0, 'it is not over')
  socket.send('x'.repeat(1000))
  await once(socket, 'message')
  socket.close()
  await once(socket, 'close')
  const over = await scrapeUntil(proxy, (seen) => requests(seen) > 0)
  t.equal(sum(over, 'pointsman_requests_total', 'status="1xx"'), 1)
  t.equal(sum(over, 'pointsman_request_duration_seconds_count'), 0)
  t.equal(sum(over, 'pointsman_target_response_time_seconds_count'), 1)
  t.ok(sum(over, 'pointsman_target_response_time_seconds_sum') < 0.5, 'the time until the 101')
  t.equal(inFlight(over), 0)
  for (const name of ['request', 'response']) {
    // A frame of 1000 bytes, one that closes, and the mask of a client.
    const bytes = sum(over, `pointsman_${name}_bytes_total`)
    t.ok(bytes >= 1004 && bytes <= 1020, `${name}: ${bytes}`)
    t.equal(sum(over, `pointsman_target_${name}_bytes_total`), bytes)
  }
})

function inFlight(scraped: Scrape): number {
  return sum(scraped, 'pointsman_target_requests_in_flight')
}

test('Requests that had to wait for a target with room are counted, and their wait', async (t) => {
  const held: SeenRequest[] = []
  const target = await startTarget(t, (request) => held.push(request))
  const proxy = await startPointsman(
    t,
    environment([{ prefix: '/', targets: target.address, group: { MAX_CONNECTIONS: '1' } }]),
  )
  const [first, second] = [await dial(t, proxy.port), await dial(t, proxy.port)]
  first.send(GET)
  await target.request()
  second.send(GET)
  // Until the first is answered the target sees no other.
  await scrapeUntil(proxy, (seen) => inFlight(seen) === 1)
  for (const client of [first, second]) {
    while (held.length === 0) await target.request()
    held.shift()?.connection.send(reply)
    await client.response()
  }
  const scraped = await scrapeUntil(proxy, (seen) => requests(seen) === 2)
  t.equal(sum(scraped, 'pointsman_queued_requests_total'), 1)
  const waited = sum(scraped, 'pointsman_queue_wait_seconds_total')
  t.ok(waited > 0 && waited < 10, String(waited))
})

test('When a worker is killed, what was counted stays, and what it had under way is gone', async (t) => {
  const target = await startTarget(t, (request) => {
    if (request.target !== '/hold') request.connection.send(reply)
  })
  const proxy = await startPointsman(t, {
    ...environment([{ prefix: '/', targets: target.address }]),
    WORKERS: '2',
  })
  const load = new Load(t, { port: proxy.port, clients: 8, request: GET })
  await load.more(500)
  await load.stop()
  const held = await Promise.all(Array.from({ length: 8 }, () => dial(t, proxy.port)))
  for (const client of held) client.send(getOf('/hold'))
  const names = ['primary', 'worker-1', 'worker-2']
  const before = await scrapeUntil(
    proxy,
    (seen) => inFlight(seen) === 8 && processes(seen).length === names.length,
  )
  t.equal(requests(before), load.answered)
  t.same(processes(before), names)
  await killWorkers(proxy)
  for (const client of held) await client.rest()
  const after = await scrapeUntil(
    proxy,
    (seen) => inFlight(seen) === 0 && processes(seen).length === names.length,
  )
  t.equal(requests(after), load.answered)
  t.same(processes(after), names, 'their successors have their names')
})

function processes(scraped: Scrape): readonly string[] {
  const name = /^pointsman_process_cpu_seconds_total\{process="(.*)"\}$/
  return [...scraped.keys()].flatMap((series) => name.exec(series)?.[1] ?? []).sort()
}

/** Kills every worker. */
async function killWorkers(proxy: Pointsman): Promise<void> {
  const children = await readFile(`/proc/${proxy.pid}/task/${proxy.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) process.kill(Number(pid), 'SIGKILL')
}

test('top shows a running service', async (t) => {
  const target = await startTarget(t)
  const proxy = await startPointsman(t, environment([{ prefix: '/', targets: target.address }]))
  const url = `127.0.0.1:${proxy.managementPort}`
  for (const [args, variables] of [
    [['top', url], {}],
    [['top'], { MANAGEMENT_PORT: String(proxy.managementPort), MANAGEMENT_HOST: '0.0.0.0' }],
  ] as const) {
    const { code, stdout, stderr } = await runPointsman(args, variables)
    t.equal(stderr, '')
    t.equal(code, 0)
    t.match(stdout, /^Pointsman \d+\.\d+\.\d+ · serving · /)
    t.match(stdout, `  ${target.address}`)
  }
  const nobody = await runPointsman(['top', `127.0.0.1:${await freePort()}`], {})
  t.equal(nobody.code, 1)
  t.match(nobody.stderr, 'ECONNREFUSED')
})

import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { isProxyError } from '../support/errors.js'
import { startHungListener } from '../support/hung-listener.js'
import { values } from '../support/http-message.js'
import { recover } from '../support/pass.js'
import { freePort, startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { echo, message, ok, startTarget, type SeenRequest } from '../support/recording-target.js'

const CONNECTION_TIMEOUT = '500'
const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const DELETE = 'DELETE /x HTTP/1.1\r\nHost: h\r\n\r\n'
const POST = 'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello'
const CHUNKED =
  'POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'

/** The proxy with a single rule for targets at these addresses. */
function inFrontOf(t: Test, ...addresses: readonly string[]) {
  const rules = [{ prefix: '/x', targets: addresses.join(',') }]
  return startPointsman(t, environment(rules, { CONNECTION_TIMEOUT }))
}

async function deadAddress(): Promise<string> {
  return `127.0.0.1:${await freePort()}`
}

test('Without a target there is an empty error, and the connection is kept', async (t) => {
  const target = await startTarget(t)
  const hung = await startHungListener(t)
  const dead = [await deadAddress(), await deadAddress(), await deadAddress()]
  const rules = [
    { prefix: '/empty', targets: '' },
    { prefix: '/unresolved', targets: 'not-there.invalid:80' },
    { prefix: '/refused', targets: dead[0] ?? '' },
    { prefix: '/all-refused', targets: dead.join(',') },
    { prefix: '/unreachable', targets: '255.255.255.255:80' },
    { prefix: '/hung', targets: `127.0.0.1:${hung}` },
    { prefix: '/hung-and-live', targets: `127.0.0.1:${hung},${target.address}` },
    { prefix: '/unreachable-and-live', targets: `255.255.255.255:80,${target.address}` },
    { prefix: '/half-resolved', targets: `not-there.invalid:80,${target.address}` },
    { prefix: '/live', targets: target.address },
  ]
  const proxy = await startPointsman(t, environment(rules, { CONNECTION_TIMEOUT }))
  const nowhere = ['destination_unavailable', 'dns_error', 'destination_not_found']
  const rows = [
    { path: '/nothing', status: 404, tokens: [...nowhere, 'http_request_denied'] },
    { path: '/empty', status: 503, tokens: nowhere },
    { path: '/unresolved', status: 503, tokens: nowhere },
    { path: '/refused', status: 502, tokens: ['connection_refused'] },
    { path: '/all-refused', status: 502, tokens: ['connection_refused'] },
    { path: '/unreachable', status: 502, tokens: ['destination_ip_unroutable'] },
    { path: '/hung', status: 504, tokens: ['connection_timeout'] },
  ]
  for (const { path, ...expected } of rows) {
    await t.test(`${path} is ${expected.status}`, async (t) => {
      const client = await dial(t, proxy.port)
      for (const request of [GET, POST, CHUNKED, 'HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n']) {
        isProxyError(t, await client.ask(request.replace('/x', path)), expected)
      }
      t.equal((await client.ask(GET.replace('/x', '/live'))).status, 200, 'the connection is kept')
    })
  }

  for (const path of ['/hung-and-live', '/unreachable-and-live']) {
    await t.test(`${path} is retried on another target`, async (t) => {
      target.take()
      for (const request of [GET, GET, POST, POST]) {
        const client = await dial(t, proxy.port)
        t.equal((await client.ask(request.replace('/x', path))).status, 200)
      }
      t.equal(target.take().length, 4)
    })
  }

  await t.test('A name that does not resolve leaves the rest to serve', async (t) => {
    const client = await dial(t, proxy.port)
    for (let n = 0; n < 3; n++) {
      t.equal((await client.ask(GET.replace('/x', '/half-resolved'))).status, 200)
    }
  })
})

test('A target that refuses is passed over, whatever the method', async (t) => {
  const target = await startTarget(t)
  const proxy = await inFrontOf(t, await deadAddress(), target.address)
  const large = 'hello'.repeat(100_000)
  const lines = ['Host: h', `Content-Length: ${large.length}`]
  const put = message('PUT /x HTTP/1.1', lines, large)
  for (const request of [GET, GET, POST, POST, put, put, CHUNKED, CHUNKED, DELETE, DELETE]) {
    const client = await dial(t, proxy.port)
    t.equal((await client.ask(request)).status, 200)
    const [seen, ...others] = target.take()
    t.equal(others.length, 0, 'once')
    const body = request === put ? large : request.includes('hello') ? 'hello' : ''
    t.ok(seen?.body.equals(Buffer.from(body)), 'whole')
  }
})

test('RETRIES says how many other targets are tried', async (t) => {
  const target = await startTarget(t)
  const [dead, deader] = [await deadAddress(), await deadAddress()]
  const rules = [
    { prefix: '/0', targets: `${dead},${target.address}`, group: { RETRIES: '0' } },
    { prefix: '/2', targets: `${dead},${deader},${target.address}`, group: { RETRIES: '2' } },
  ]
  const proxy = await startPointsman(t, environment(rules))
  const client = await dial(t, proxy.port)
  const statuses = async (path: string, times: number) => {
    const seen: number[] = []
    for (let n = 0; n < times; n++) seen.push((await client.ask(POST.replace('/x', path))).status)
    return seen.sort()
  }
  t.strictSame(await statuses('/0', 4), [200, 200, 502, 502])
  t.strictSame(await statuses('/2', 3), [200, 200, 200])
})

test('A target that ends before its response', async (t) => {
  const endings = {
    closes: ({ connection }: SeenRequest) => connection.end(),
    resets: ({ connection }: SeenRequest) => connection.reset(),
  }
  for (const [name, ending] of Object.entries(endings)) {
    await t.test(`and ${name}, alone, is a 502`, async (t) => {
      const target = await startTarget(t, ending)
      const proxy = await inFrontOf(t, target.address)
      const client = await dial(t, proxy.port)
      for (const request of [POST, CHUNKED, GET]) {
        const expected = {
          status: 502,
          tokens: ['connection_terminated', 'http_response_incomplete'],
        }
        isProxyError(t, await client.ask(request), expected)
        if (request !== GET) t.equal(target.take().length, 1, 'sent once')
      }
      target.answer = echo
      t.equal((await client.ask(GET)).status, 200, 'the connection is kept')
    })

    await t.test(`and ${name}, is retried elsewhere where that is safe`, async (t) => {
      const bad = await startTarget(t, ending)
      const good = await startTarget(t)
      const proxy = await inFrontOf(t, bad.address, good.address)
      const rows = [
        { request: GET, retried: true },
        { request: DELETE, retried: true },
        { request: 'HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n', retried: true },
        { request: POST, retried: false },
        { request: CHUNKED, retried: false },
        { request: 'POST /x HTTP/1.1\r\nHost: h\r\n\r\n', retried: false },
        { request: 'PATCH /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n', retried: false },
      ]
      for (const { request, retried } of rows) {
        // Twice, so that the bad target has its turn.
        const statuses: number[] = []
        for (let n = 0; n < 2; n++) {
          const client = await dial(t, proxy.port)
          // At most on a reused connection, on a fresh one, and elsewhere.
          statuses.push((await client.ask(request)).status)
          const times = good.take().length
          t.ok(times + bad.take().length <= (retried ? 3 : 1), 'never sent more often than safe')
        }
        const line = request.slice(0, request.indexOf('\r'))
        t.strictSame(statuses.sort(), retried ? [200, 200] : [200, 502], line)
        await recover(t, proxy, [bad, good])
        bad.answer = ending
      }
    })
  }
})

test('When many requests fail at once', async (t) => {
  const COUNT = 40

  /** Half of the requests fail together, and so eject their target while the failures are still being told. */
  async function failTogether(t: Test, request: string) {
    const bad = await startTarget(t, () => {
      if (bad.requests.length === COUNT / 2) bad.connections.forEach((each) => each.reset())
    })
    const slow = (request: SeenRequest) => void setTimeout(() => echo(request), 20)
    const good = await startTarget(t, slow)
    const proxy = await inFrontOf(t, bad.address, good.address)
    const clients = await Promise.all(Array.from({ length: COUNT }, () => dial(t, proxy.port)))
    const responses = await Promise.all(clients.map((client) => client.ask(request)))
    const served = responses.filter(({ status }) => status === 200).length
    const failed = responses.filter(({ status }) => status === 502).length
    return { served, failed, reached: good.take().length }
  }

  await t.test('each GET is served by another target', async (t) => {
    const outcome = await failTogether(t, GET)
    t.strictSame(outcome, { served: COUNT, failed: 0, reached: COUNT })
  })

  await t.test('each POST is a 502, and sent to no other', async (t) => {
    const outcome = await failTogether(t, POST)
    t.strictSame(outcome, { served: COUNT / 2, failed: COUNT / 2, reached: COUNT / 2 })
  })
})

test('A reused connection that dies', async (t) => {
  /** Serves the first request of each connection, and leaves at the next. */
  const once = (request: SeenRequest) => {
    if (request.connection.requests === 1) echo(request)
    else request.connection.reset()
  }

  await t.test('costs a GET nothing', async (t) => {
    const target = await startTarget(t, once)
    const proxy = await inFrontOf(t, target.address)
    const client = await dial(t, proxy.port)
    for (let n = 0; n < 5; n++) t.equal((await client.ask(GET)).status, 200)
  })

  await t.test('does not make a POST be sent twice', async (t) => {
    for (const request of [POST, CHUNKED]) {
      const target = await startTarget(t, once)
      const proxy = await inFrontOf(t, target.address)
      const client = await dial(t, proxy.port)
      t.equal((await client.ask(GET)).status, 200)
      target.take()
      isProxyError(t, await client.ask(request), { status: 502 })
      t.equal(target.take().length, 1, 'sent once')
    }
  })

  await t.test('is tried once again, not more', async (t) => {
    const target = await startTarget(t)
    const proxy = await inFrontOf(t, target.address)
    const client = await dial(t, proxy.port)
    t.equal((await client.ask(GET)).status, 200)
    target.take()
    target.answer = ({ connection }) => connection.reset()
    isProxyError(t, await client.ask(GET), { status: 502 })
    t.equal(target.take().length, 2)
  })

  await t.test('while it is idle is simply replaced', async (t) => {
    const target = await startTarget(t)
    const proxy = await inFrontOf(t, target.address)
    const client = await dial(t, proxy.port)
    for (const request of [POST, CHUNKED, GET, POST]) {
      t.equal((await client.ask(request)).status, 200)
      const [seen] = target.take()
      seen?.connection.end()
      if (seen) await target.gone(seen.connection)
    }
  })
})

test('Bytes that nobody asked for never become an answer', async (t) => {
  const target = await startTarget(t)
  const proxy = await inFrontOf(t, target.address)
  const evil = ok('evil')

  await t.test('after the end of a response', async (t) => {
    const rows = [
      ok('good') + evil,
      message('HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], `4\r\ngood\r\n0\r\n\r\n${evil}`),
      message('HTTP/1.1 200 OK', ['Content-Length: 4'], 'goodx'),
      message('HTTP/1.1 204 No Content', [], evil),
      message('HTTP/1.1 304 Not Modified', ['Content-Length: 5'], evil),
    ]
    for (const answer of rows) {
      const client = await dial(t, proxy.port)
      target.answer = answer
      t.match((await client.ask(GET)).body.toString(), /^(?:good)?$/)
      target.answer = echo
      t.equal((await client.ask(GET)).body.toString(), 'GET /x')
    }
  })

  await t.test('as the body of a response to HEAD', async (t) => {
    const client = await dial(t, proxy.port)
    target.answer = ok('evil')
    t.equal((await client.ask('HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
    target.answer = echo
    t.equal((await client.ask(GET)).body.toString(), 'GET /x')
  })

  await t.test('on an idle connection', async (t) => {
    for (const junk of [evil, 'x', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n']) {
      const client = await dial(t, proxy.port)
      t.equal((await client.ask(GET)).status, 200)
      const [seen] = target.take().slice(-1)
      seen?.connection.send(junk)
      if (seen) await target.gone(seen.connection)
      t.equal((await client.ask(GET)).body.toString(), 'GET /x')
    }
  })
})

test('The target’s own errors pass through untouched, once', async (t) => {
  const targets = [await startTarget(t), await startTarget(t)]
  const proxy = await inFrontOf(t, ...targets.map((target) => target.address))
  for (const status of [400, 404, 408, 413, 421, 429, 431, 500, 501, 502, 503, 504, 599]) {
    const lines = ['Retry-After: 7', 'Content-Length: 4']
    for (const target of targets) {
      target.answer = message(`HTTP/1.1 ${status} Odd`, lines, 'oops')
    }
    for (const request of [GET, POST]) {
      const client = await dial(t, proxy.port)
      const response = await client.ask(request)
      t.equal(response.status, status)
      t.equal(response.body.toString(), 'oops')
      t.strictSame(values(response.fields, 'retry-after'), ['7'])
      t.strictSame(values(response.fields, 'proxy-status'), [], 'it is not the proxy’s')
      const times = targets.map((target) => target.take().length)
      t.strictSame(times.sort(), [0, 1], 'asked once')
    }
  }
})

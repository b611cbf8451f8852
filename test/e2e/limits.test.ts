import { test, type Test } from 'tap'
import { isProxyError } from '../support/errors.js'
import { setUp } from '../support/pass.js'
import { dial, type RawClient } from '../support/raw.js'
import { echo, message } from '../support/recording-target.js'

const GET = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A GET whose head is `sizeBytes` long in all. */
function headOf(sizeBytes: number): string {
  const empty = message('GET / HTTP/1.1', ['Host: h', 'X: '])
  return message('GET / HTTP/1.1', ['Host: h', `X: ${'x'.repeat(sizeBytes - empty.length)}`])
}

test('Sizes have limits', async (t) => {
  const { proxy, target } = await setUp(t, { MAX_HEADER_SIZE: '4096', MAX_BODY_SIZE: '1000' })

  await t.test('a head too large is a 431', async (t) => {
    const requests = {
      'one field': headOf(4200),
      'one field of a mebibyte': headOf(1 << 20),
      'many fields': message('GET / HTTP/1.1', [
        'Host: h',
        ...Array<string>(500).fill('X: yyyyyy'),
      ]),
      'a long path': message(`GET /${'x'.repeat(4200)} HTTP/1.1`, ['Host: h']),
      'a long query': message(`GET /?${'x'.repeat(4200)} HTTP/1.1`, ['Host: h']),
      'a long name': message('GET / HTTP/1.1', ['Host: h', `${'x'.repeat(4200)}: y`]),
    }
    for (const [name, request] of Object.entries(requests)) {
      for (const cut of [request.length, 500]) {
        const client = await dial(t, proxy.port)
        // The rest may find the connection closed.
        const sending = client.sendCut(request, cut).catch(() => undefined)
        t.comment(name)
        isProxyError(t, await client.response(), { status: 431 })
        client.reset()
        await sending
      }
    }
    t.strictSame(target.take(), [], 'nothing reaches the target')
  })

  await t.test('a head within the limit passes', async (t) => {
    const client = await dial(t, proxy.port)
    for (let n = 0; n < 3; n++) t.equal((await client.ask(headOf(4000))).status, 200)
    t.equal(target.take().length, 3)
  })

  await t.test('a body too large is a 413, and never comes whole', async (t) => {
    const body = 'x'.repeat(1001)
    const rows = {
      'by its length': [`Content-Length: ${body.length}`, body],
      'by a length before the body': ['Content-Length: 1001', ''],
      'by a length it waits to send': ['Content-Length: 1001\r\nExpect: 100-continue', ''],
      'by one chunk': ['Transfer-Encoding: chunked', `3e9\r\n${body}\r\n0\r\n\r\n`],
      'by many chunks': ['Transfer-Encoding: chunked', `${'1\r\nx\r\n'.repeat(1001)}0\r\n\r\n`],
    }
    for (const [name, [framing = '', sent]] of Object.entries(rows)) {
      const client = await dial(t, proxy.port)
      client.send(message('POST / HTTP/1.1', ['Host: h', framing], sent))
      t.comment(name)
      const response = await client.response('POST')
      isProxyError(t, response, { status: 413 })
      t.strictSame(response.informational, [], 'nobody told the client to go on')
      client.reset()
      const other = await dial(t, proxy.port)
      t.equal((await other.ask(GET)).status, 200)
      t.strictSame(
        target.take().map(({ method }) => method),
        ['GET'],
      )
    }
  })

  await t.test('a body of exactly the limit passes', async (t) => {
    const body = 'x'.repeat(1000)
    const rows = [
      ['Content-Length: 1000', body],
      ['Transfer-Encoding: chunked', `3e8\r\n${body}\r\n0\r\n\r\n`],
      ['Transfer-Encoding: chunked', `${'1\r\nx\r\n'.repeat(1000)}0\r\n\r\n`],
    ]
    for (const [framing = '', sent] of rows) {
      const client = await dial(t, proxy.port)
      const request = message('POST / HTTP/1.1', ['Host: h', framing], sent)
      t.equal((await client.ask(request)).status, 200)
      t.equal(target.take()[0]?.body.length, 1000)
    }
  })
})

test('No field vanishes', async (t) => {
  const { proxy, target } = await setUp(t)
  const fields = (count: number) => Array.from({ length: count }, (_, n) => `f: ${n}`)
  const client = await dial(t, proxy.port)
  t.equal((await client.ask(message('GET / HTTP/1.1', ['Host: h', ...fields(900)]))).status, 200)
  const [request] = target.take()
  t.equal(request?.fields.filter(([name]) => name === 'f').length, 900, 'most pass')
  for (const count of [1100, 1500, 1900]) {
    const other = await dial(t, proxy.port)
    const response = await other.ask(message('GET / HTTP/1.1', ['Host: h', ...fields(count)]))
    isProxyError(t, response, { status: 431 })
    t.strictSame(target.take(), [], `${count} are refused as a whole`)
  }
})

/** Sends a byte of `text` each 50 ms until the connection ends. */
async function drip(client: RawClient, text: string): Promise<void> {
  for (const byte of text) {
    if (!client.socket.writable) return
    client.send(byte)
    await wait(50)
  }
}

async function endsWith408(t: Test, client: RawClient, sinceMs: number, limitMs: number) {
  isProxyError(t, await client.response('POST'), { status: 408 })
  t.equal(await client.rest(), '', 'the connection closes')
  const took = performance.now() - sinceMs
  t.ok(took > limitMs - 100, `not before its time: ${took}`)
  t.ok(took < limitMs + 2500, `nor much later: ${took}`)
  client.reset()
}

test('A client has limited time', async (t) => {
  const limits = { HEADERS_TIMEOUT: '600', REQUEST_TIMEOUT: '1000', KEEP_ALIVE_TIMEOUT: '500' }
  const { proxy, target } = await setUp(t, { ...limits, CONNECTION_TIMEOUT: '300' })

  await t.test('for its head', async (t) => {
    const cases = [
      (client: RawClient) => client.send('GET / HTTP/1.1\r\nHos'),
      (client: RawClient) => client.send('GET / HTTP/1.1\r\nHost: h\r\n'),
      (client: RawClient) =>
        void drip(client, `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(500)}`),
    ]
    await Promise.all(
      cases.map(async (begin) => {
        const client = await dial(t, proxy.port)
        const since = performance.now()
        begin(client)
        await endsWith408(t, client, since, 600)
      }),
    )
    t.strictSame(target.heads, [])
  })

  await t.test('for the head of a further request', async (t) => {
    const client = await dial(t, proxy.port)
    t.equal((await client.ask(GET)).status, 200)
    const since = performance.now()
    client.send('GET / HTTP/1.1\r\nHost: h\r\n')
    await endsWith408(t, client, since, 600)
  })

  await t.test('for its body', async (t) => {
    target.take()
    const rows = [
      { framing: 'Content-Length: 1000', body: 'hello' },
      { framing: 'Transfer-Encoding: chunked', body: '5\r\nhello\r\n' },
      { framing: 'Content-Length: 1000', body: 'x'.repeat(200), dripped: true },
    ]
    await Promise.all(
      rows.map(async ({ framing, body, dripped }) => {
        const client = await dial(t, proxy.port)
        const since = performance.now()
        client.send(message('POST / HTTP/1.1', ['Host: h', framing]))
        if (dripped) void drip(client, body)
        else client.send(body)
        await endsWith408(t, client, since, 1000)
      }),
    )
    t.strictSame(target.requests, [], 'none came whole')
    for (const { connection } of target.heads) t.ok(await target.gone(connection))
  })

  await t.test('but a body that moves may take its time', async (t) => {
    target.take()
    const client = await dial(t, proxy.port)
    client.send(message('POST / HTTP/1.1', ['Host: h', 'Content-Length: 16384']))
    for (let n = 0; n < 16; n++) {
      await wait(150)
      client.send('x'.repeat(1024))
    }
    t.equal((await client.response('POST')).status, 200)
    t.equal(target.take()[0]?.body.length, 16_384)
  })

  await t.test('between requests', async (t) => {
    const client = await dial(t, proxy.port)
    t.equal((await client.ask(GET)).status, 200)
    const since = performance.now()
    t.equal(await client.rest(), '', 'the connection closes without a word')
    const took = performance.now() - since
    t.ok(took > 400, `not before its time: ${took}`)
    t.ok(took < 3500, `nor much later: ${took}`)
  })

  await t.test('to read its response', async (t) => {
    target.take()
    const piece = Buffer.alloc(1 << 20)
    target.answer = ({ connection }) => {
      connection.send(message('HTTP/1.1 200 OK', [`Content-Length: ${64 << 20}`]))
      for (let n = 0; n < 64; n++) connection.send(piece)
    }
    const client = await dial(t, proxy.port)
    client.socket.pause()
    client.send(GET)
    const { connection } = await target.request()
    t.ok(await target.gone(connection), 'the target’s response is aborted')
    target.answer = echo
  })

  await t.test('and one that never says anything is let go', async (t) => {
    const client = await dial(t, proxy.port)
    t.match(await client.rest(), /^(?:HTTP\/1\.1 408 |$)/)
  })
})

test('300 clients stuck in a body do not delay a GET', async (t) => {
  const { proxy, target } = await setUp(t)
  const head = message('POST / HTTP/1.1', ['Host: h', 'Content-Length: 1000'], 'stuck')
  const stuck = await Promise.all(Array.from({ length: 300 }, () => dial(t, proxy.port)))
  for (const client of stuck) client.send(head)
  await target.until(() => target.heads.length === 300 || undefined)
  const begun = performance.now()
  const client = await dial(t, proxy.port)
  t.equal((await client.ask(GET)).status, 200)
  const took = performance.now() - begun
  t.ok(took < 2000, `took ${took}`)
  for (const other of stuck) other.reset()
})

test('The preface of HTTP/2 on a clear listener is refused', async (t) => {
  const { proxy, target } = await setUp(t)
  const client = await dial(t, proxy.port)
  const response = await client.ask('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  t.ok([400, 501, 505].includes(response.status))
  t.equal(response.body.length, 0)
  t.strictSame(target.heads, [])
})

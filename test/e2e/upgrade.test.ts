import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { environment } from '../support/environment.js'
import { value, values } from '../support/http-message.js'
import { isProxyError } from '../support/errors.js'
import { setUp } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { message, ok, type SeenHead } from '../support/recording-target.js'

const asks = (token: string, ...lines: readonly string[]) =>
  message('GET /chat HTTP/1.1', ['Host: h', 'Connection: Upgrade', `Upgrade: ${token}`, ...lines])
const agrees = (token: string) =>
  message('HTTP/1.1 101 Switching Protocols', ['Connection: Upgrade', `Upgrade: ${token}`])

async function startWebSockets(t: Test) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  // Listening on TCP, the address is an AddressInfo.
  const { port } = server.address() as AddressInfo
  const proxy = await startPointsman(
    t,
    environment([{ prefix: '/', targets: `127.0.0.1:${port}/base` }]),
  )
  return { server, proxy }
}

async function openWebSocket(t: Test, port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?x=%20`, ['a', 'b'])
  t.teardown(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

test('A WebSocket works through the proxy', async (t) => {
  const { server, proxy } = await startWebSockets(t)

  await t.test('every kind of message comes back', async (t) => {
    server.once('connection', (socket, request) => {
      t.equal(request.url, '/base/chat?x=%20')
      t.equal(request.headers['x-forwarded-for'], '127.0.0.1')
      t.equal(request.headers.via, '1.1 pointsman')
      socket.on('message', (data: Buffer, binary) => socket.send(data, { binary }))
    })
    const socket = await openWebSocket(t, proxy.port)
    t.equal(socket.protocol, 'a')
    const messages = ['text', '', 'é'.repeat(1000), Buffer.alloc(1 << 20, 7), Buffer.from([0])]
    for (const sent of messages) {
      socket.send(sent)
      const [data, binary] = (await once(socket, 'message')) as [Buffer, boolean]
      t.equal(binary, Buffer.isBuffer(sent))
      t.ok(data.equals(Buffer.from(sent)), `${sent.length} came back`)
    }
    socket.ping('p')
    t.equal(String((await once(socket, 'pong'))[0]), 'p')
  })

  await t.test('a close passes both ways', async (t) => {
    for (const side of ['client', 'target'] as const) {
      const accepted = once(server, 'connection') as Promise<[WebSocket]>
      const client = await openWebSocket(t, proxy.port)
      const [target] = await accepted
      const [closing, told] = side === 'client' ? [client, target] : [target, client]
      closing.close(4001, 'bye')
      const [code, reason] = (await once(told, 'close')) as [number, Buffer]
      t.strictSame([code, reason.toString()], [4001, 'bye'])
    }
  })

  await t.test('and so does a death', async (t) => {
    for (const side of ['client', 'target'] as const) {
      const accepted = once(server, 'connection') as Promise<[WebSocket]>
      const client = await openWebSocket(t, proxy.port)
      const [target] = await accepted
      const [dying, told] = side === 'client' ? [client, target] : [target, client]
      dying.terminate()
      t.equal((await once(told, 'close'))[0], 1006)
    }
  })
})

/** Agrees to every upgrade, and says something at once. */
function agreesTo(token: string) {
  return ({ connection }: SeenHead) => {
    connection.tunnelled = true
    connection.send(`${agrees(token)}early from the target`)
  }
}

test('Any protocol is tunnelled, and no early byte is lost', async (t) => {
  const { proxy, target } = await setUp(t)
  for (const token of ['websocket', 'WebSocket', 'other/1']) {
    for (const pieceBytes of [1000, 1]) {
      await t.test(`${token} in pieces of ${pieceBytes}`, async (t) => {
        const client = await dial(t, proxy.port)
        target.onHead = agreesTo(token)
        const early = '\x00\r\n\r\nGET /not HTTP/1.1\r\n\r\n'
        await client.sendCut(asks(token) + early, pieceBytes)
        const response = await client.response()
        t.equal(response.status, 101)
        t.equal(value(response.fields, 'upgrade'), token)
        t.match(value(response.fields, 'connection'), /upgrade/i)
        t.strictSame(values(response.fields, 'transfer-encoding'), [])
        const { connection, fields } = await target.head()
        t.equal(value(fields, 'upgrade'), token)
        t.match(value(fields, 'connection'), /upgrade/i)
        await target.until(() => connection.received.includes(early) || undefined)
        await client.received('early from the target')
        connection.send('\xff late')
        t.match(await client.received('late'), /^early from the target\xff late$/)
        client.reset()
        await target.gone(connection)
      })
    }
  }

  await t.test('and a target that leaves ends the tunnel', async (t) => {
    const client = await dial(t, proxy.port)
    target.onHead = agreesTo('websocket')
    t.equal((await client.ask(asks('websocket'))).status, 101)
    const { connection } = await target.head()
    connection.send('last words').end()
    t.match(await client.rest(), /last words$/)
  })
})

test('The answer to a refused upgrade is passed on', async (t) => {
  const { proxy, target } = await setUp(t)
  const chunks = message(
    'HTTP/1.1 403 Forbidden',
    ['Transfer-Encoding: chunked'],
    '2\r\nno\r\n0\r\n\r\n',
  )
  const rows = [
    { answer: ok('no'), status: 200 },
    { answer: chunks, status: 403 },
    { answer: message('HTTP/1.1 426 Upgrade Required', ['Content-Length: 2'], 'no'), status: 426 },
    { answer: message('HTTP/1.1 500 Odd', ['Connection: close'], 'no'), status: 500 },
  ]
  for (const { answer, status } of rows) {
    await t.test(String(status), async (t) => {
      const client = await dial(t, proxy.port)
      target.answer = ({ connection }) => {
        connection.send(answer)
        if (status === 500) connection.end()
      }
      const response = await client.ask(asks('websocket'))
      t.equal(response.status, status)
      t.equal(response.body.toString(), 'no')
      target.take()
    })
  }

  await t.test('and what was sent too early is no way around the proxy', async (t) => {
    target.answer = message('HTTP/1.1 403 Forbidden', ['Content-Length: 2'], 'no')
    const client = await dial(t, proxy.port)
    client.send(asks('websocket') + 'GET /behind HTTP/1.1\r\nHost: h\r\n\r\n')
    t.equal((await client.response()).status, 403)
    const other = await dial(t, proxy.port)
    t.equal((await other.ask('GET /sentinel HTTP/1.1\r\nHost: h\r\n\r\n')).status, 403)
    for (const { fields, startLine } of target.heads) {
      t.equal(value(fields, 'via'), '1.1 pointsman', startLine)
    }
  })

  await t.test('a target that fails is a 502', async (t) => {
    const client = await dial(t, proxy.port)
    target.answer = ({ connection }) => connection.reset()
    isProxyError(t, await client.ask(asks('websocket')), { status: 502 })
  })
})

test('What is no upgrade is an ordinary request', async (t) => {
  const { proxy, target } = await setUp(t)
  const h2c = [
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
  ]
  const rows = [
    { name: 'h2c', line: 'GET / HTTP/1.1', lines: h2c, body: '' },
    {
      name: 'H2C',
      line: 'GET / HTTP/1.1',
      lines: ['Connection: upgrade', 'upgrade: H2C'],
      body: '',
    },
    {
      name: 'h2c with a length',
      line: 'POST / HTTP/1.1',
      lines: [...h2c, 'Content-Length: 5'],
      body: 'hello',
    },
    {
      name: 'h2c in chunks',
      line: 'POST / HTTP/1.1',
      lines: [...h2c, 'Transfer-Encoding: chunked'],
      body: '5\r\nhello\r\n0\r\n\r\n',
    },
    { name: 'not nominated', line: 'GET / HTTP/1.1', lines: ['Upgrade: websocket'], body: '' },
  ]
  for (const { name, line, lines, body } of rows) {
    await t.test(name, async (t) => {
      const client = await dial(t, proxy.port)
      const response = await client.ask(message(line, ['Host: h', ...lines], body))
      t.equal(response.status, 200)
      t.strictSame(values(response.fields, 'upgrade'), [])
      const [request] = target.take()
      t.strictSame(values(request?.fields ?? [], 'upgrade'), [], 'no Upgrade reaches the target')
      t.strictSame(values(request?.fields ?? [], 'http2-settings'), [])
      t.equal(request?.body.toString(), body === '' ? '' : 'hello')
      const next = await client.ask('GET /next HTTP/1.1\r\nHost: h\r\n\r\n')
      t.equal(next.body.toString(), 'GET /next', 'the connection stays usable')
      target.take()
    })
  }
})

test('A tunnel has an idle time-out of its own', async (t) => {
  const { proxy, target } = await setUp(t, { CONNECTION_TIMEOUT: '200', UPGRADE_TIMEOUT: '800' })
  target.onHead = agreesTo('websocket')
  const client = await dial(t, proxy.port)
  t.equal((await client.ask(asks('websocket'))).status, 101)
  const { connection } = await target.head()
  // Moves for longer than either limit, now in one direction and now in the other.
  for (let n = 0; n < 4; n++) {
    await new Promise((resolve) => setTimeout(resolve, 400))
    if (n % 2 === 0) client.send('.')
    else connection.send('.')
  }
  t.equal(connection.ending, undefined, 'it lives while it moves')
  const idleSince = performance.now()
  await client.rest()
  t.ok(await target.gone(connection), 'both ends are told')
  const idle = performance.now() - idleSince
  t.ok(idle > 700, `not before its time: ${idle}`)
  t.ok(idle < 3000, `nor much later: ${idle}`)
})

import { test } from 'tap'
import { settled } from '../../support/clock.js'
import { dial } from '../../support/raw.js'
import { startFace } from './face.js'
import { checked, HOST, type Received } from './received.js'

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Whether an `Upgrade` with these fields beside it is passed on. */
function isPassedOn(fields: readonly string[], received: Received = {}): boolean {
  const asked = [...HOST, 'Connection', 'Upgrade', ...fields]
  return checked({ ...received, fields: asked }).upgrade !== undefined
}

test('an upgrade is passed on unless it is to HTTP/2, or has a body', (t) => {
  const upgrades: readonly (readonly [fields: readonly string[], isPassedOn: boolean])[] = [
    [['Upgrade', 'websocket'], true],
    [['Upgrade', 'WebSocket'], true],
    [['Upgrade', 'a/1, b'], true],
    [['Upgrade', 'websocket', 'Content-Length', '0'], true],
    [['Upgrade', 'h2c'], false],
    [['Upgrade', 'H2C'], false],
    [['Upgrade', 'websocket, h2c'], false],
    [['Upgrade', 'websocket', 'Upgrade', 'h2c'], false],
    [['Upgrade', ''], false],
    [['Upgrade', ' , '], false],
    [['Upgrade', 'websocket', 'Content-Length', '5'], false],
    [['Upgrade', 'websocket', 'Transfer-Encoding', 'chunked'], false],
  ]
  for (const [fields, expected] of upgrades) t.equal(isPassedOn(fields), expected, fields.join(' '))
  t.equal(isPassedOn(['Upgrade', 'websocket'], { version: '1.0' }), false, 'HTTP/1.0 has none')
  t.end()
})

test('a request whose upgrade is ignored is an ordinary one, again and again', async (t) => {
  const heads: string[] = []
  const face = await startFace(t, async (connection) => {
    for (;;) {
      heads.push(await connection.receive('\r\n\r\n'))
      if (heads.at(-1)?.startsWith('POST')) heads.push(await connection.receive('hello'))
      await connection.send(OK)
    }
  })
  const warnings: unknown[] = []
  const warn = (warning: unknown) => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  const client = await dial(t, face.port)
  const fields = 'Host: h\r\nX-A: \xe9\r\nx-a: 2\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: h2c\r\n'
  const connection = 'Connection: X-B, Upgrade, HTTP2-Settings\r\nX-B: 3\r\n'
  for (let round = 0; round < 30; round++) {
    const get = `GET /a?b HTTP/1.1\r\n${fields}${connection}\r\n`
    t.equal((await client.ask(get)).status, 200)
  }
  const post = `POST / HTTP/1.1\r\n${fields}${connection}Content-Length: 5\r\n\r\nhello`
  t.equal((await client.send(post + post).response()).status, 200)
  t.equal((await client.response()).status, 200, 'what came behind it is answered, too')
  const [first = ''] = heads
  t.match(first, /^GET \/a\?b HTTP\/1\.1\r\n/)
  t.match(first, 'X-A: \xe9\r\nx-a: 2\r\n')
  for (const head of heads) t.notMatch(head, /upgrade|settings|connection|x-b/i)
  t.equal(heads.filter((head) => head === 'hello').length, 2)
  t.strictSame(warnings, [], 'no listener is left behind')
})

const UPGRADE = 'GET /up HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

test('an upgrade waits until what was asked before it is answered', async (t) => {
  const asked: string[] = []
  const face = await startFace(t, async (connection) => {
    for (let path = ''; path !== '/up';) {
      path = (await connection.receive('\r\n\r\n')).split(' ')[1] ?? ''
      asked.push(path)
      if (path === '/up') await connection.send(`${SWITCHING}early`)
      else if (path !== '/slow') await connection.send(OK)
    }
    asked.push(await connection.receive('mine'))
  })
  const client = await dial(t, face.port)
  const before = ['/slow', '/'].map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
  client.send(`${before.join('')}${UPGRADE}mine`)
  const target = await face.target.connection(1)
  await face.until(() => asked.length > 0, 'the first request')
  await settled()
  t.strictSame(asked, ['/slow'])
  await target.send(OK)
  t.equal((await client.response()).status, 200)
  t.equal((await client.response()).status, 200)
  t.equal((await client.response()).status, 101)
  t.equal(await client.received('early'), 'early')
  await face.until(() => asked.length === 4, 'anything in the tunnel')
  t.strictSame(asked, ['/slow', '/', '/up', 'mine'])
})

test('an upgrade behind the last answer of a connection is none', async (t) => {
  const face = await startFace(t, () => undefined)
  const client = await dial(t, face.port)
  client.send(`GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${UPGRADE}`)
  client.send(UPGRADE)
  t.equal((await client.response()).status, 400)
  t.equal(await client.rest(), '')
  client.send(`GET / HTTP/1.1\r\nHost: h\r\n\r\n${UPGRADE}`).end()
  await face.deserted()
  t.strictSame(face.target.connections, [])
})

test('an upgrade behind an answer that was cut is none', async (t) => {
  const face = await startFace(t, async (connection) => {
    await connection.receive('\r\n\r\n')
    await connection.send(OK.slice(0, -1))
  })
  const client = await dial(t, face.port)
  client.send(`GET / HTTP/1.1\r\nHost: h\r\n\r\n${UPGRADE}`)
  await client.received('\r\n\r\no')
  const target = await face.target.connection(1)
  target.reset()
  await client.rest()
  await face.deserted()
  t.equal(face.target.connections.length, 1)
})

test('an answer to an upgrade is the last of its connection', async (t) => {
  const face = await startFace(t, async (connection) => {
    await connection.receive('\r\n\r\n')
    await connection.send(OK)
  })
  const client = await dial(t, face.port)
  const { status, fields } = await client.send(UPGRADE).response()
  t.equal(status, 200)
  t.match(fields, [['Content-Length', '2']])
  t.ok(fields.some(([name, value]) => name === 'Connection' && value === 'close'))
  t.equal(await client.rest(), '')
})

test('what a client sent before the 101 arrives, even if that was all of it', async (t) => {
  for (const early of ['', 'early']) {
    const face = await startFace(t, () => undefined)
    const client = await dial(t, face.port)
    client
      .send(`GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n${early}`)
      .end()
    const target = await face.target.connection(1)
    await target.receive('\r\n\r\n')
    // Its end has come, too.
    for (let turns = 0; turns < 20; turns++) await settled()
    await target.send(`${SWITCHING}late`)
    t.equal((await client.response()).status, 101)
    t.equal(await target.receive(early), early)
    await target.left()
    target.end()
    t.equal(await client.rest(), 'late')
    await face.deserted()
  }
})

import { test } from 'tap'
import { settled } from '../../../support/clock.js'
import { dial } from '../../../support/raw.js'
import { startFace } from '../face.js'

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('a request may come in any pieces, behind empty lines', async (t) => {
  const face = await startFace(t, async (connection) => {
    for (;;) {
      await connection.request()
      await connection.send(OK)
    }
  })
  const client = await dial(t, face.port)
  const text = `\r\n\r\nPOST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n${GET}`
  for (const byte of text) {
    client.send(byte)
    await settled()
  }
  t.equal((await client.response()).status, 200)
  t.equal((await client.response()).status, 200)
})

test('a thousand requests at once are answered in order', async (t) => {
  const asked: string[] = []
  const face = await startFace(t, async (connection) => {
    for (;;) {
      const { startLine } = await connection.request()
      const path = startLine.split(' ')[1] ?? ''
      asked.push(path)
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${path.slice(1)}`)
    }
  })
  const client = await dial(t, face.port)
  const paths = Array.from({ length: 1000 }, (_, n) => `/${String(n).padStart(4, '0')}`)
  client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join(''))
  for (const path of paths) t.equal(String((await client.response()).body), path.slice(1))
  t.strictSame(asked, paths)
})

test('a thousand requests that no target is asked for are answered in order', async (t) => {
  const face = await startFace(t, () => undefined, { settings: { rules: [] } })
  const client = await dial(t, face.port)
  client.send(GET.repeat(10_000))
  for (let count = 0; count < 10_000; count++) {
    const { status } = await client.response()
    if (status !== 404) t.equal(status, 404)
  }
  client.end()
  t.equal(await client.rest(), '', 'and the end')
  await face.deserted()
})

test('of what a client sends before it is its turn, so much is read', async (t) => {
  let answer: () => void = () => undefined
  const answered = new Promise<void>((resolve) => (answer = resolve))
  const face = await startFace(t, async (connection) => {
    for (;;) {
      await connection.request()
      await answered
      await connection.send(OK)
    }
  })
  const client = await dial(t, face.port)
  client.send(GET)
  await face.target.connection(1)
  client.send(GET.repeat(1_000_000))
  for (let turns = 0; turns < 100; turns++) await settled()
  t.ok(client.socket.writableLength > 1_000_000, 'the client is halted')
  client.socket.destroy()
  // Who is not read from is missed when the answer is written.
  answer()
  await face.deserted()
})

test('a connection that asks for nothing ends when its time is over', async (t) => {
  const times = { headersTimeoutMs: 1000, keepAliveTimeoutMs: 5000 }
  const face = await startFace(
    t,
    async (connection) => {
      await connection.request()
      await connection.send(OK)
    },
    { settings: times },
  )
  const silent = await dial(t, face.port)
  await face.until(() => face.clients === 1, 'the client')
  await face.elapse(1100)
  t.equal((await silent.response()).status, 408)
  t.equal(await silent.rest(), '')
  const idle = await dial(t, face.port)
  t.equal((await idle.ask(GET)).status, 200)
  await face.elapse(4900)
  t.equal(idle.unread(), '')
  await face.elapse(200)
  t.equal(await idle.rest(), '', 'without a word')
})

test('a body reaches its end at a target that reads late', async (t) => {
  const lengths = [16_384, 65_536, 100_000, 1_000_000, 5_000_000]
  let go: () => void = () => undefined
  let gone = new Promise<void>((resolve) => (go = resolve))
  const bodies: number[] = []
  const face = await startFace(t, async (connection) => {
    for (;;) {
      await connection.receive('\r\n\r\n')
      connection.socket.pause()
      await gone
      connection.socket.resume()
      const size = (await connection.receive('end\r\n0\r\n\r\n')).length
      bodies.push(size)
      await connection.send(OK)
    }
  })
  const client = await dial(t, face.port)
  for (const length of lengths) {
    gone = new Promise<void>((resolve) => (go = resolve))
    const text = `${'x'.repeat(length - 3)}end`
    client.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n')
    client.send(`${length.toString(16)}\r\n${text}\r\n0\r\n\r\n`)
    for (let turns = 0; turns < 20; turns++) await settled()
    go()
    t.equal((await client.response()).status, 200, String(length))
  }
  t.equal(bodies.length, lengths.length)
  t.equal(face.target.connections.length, 1, 'and the connection is used again')
})

const REFUSED = 'POST /../a HTTP/1.1\r\nHost: h\r\n'
const ACCEPTED = 'POST /a HTTP/1.1\r\nHost: h\r\n'
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n'

test('a request that was answered gets no second answer when the rest of it goes wrong', async (t) => {
  const cases = [
    ['refused, and its body breaks off', 400, `${REFUSED}Content-Length: 5\r\n\r\n`, 'he'],
    ['refused, and its chunks are malformed', 400, `${REFUSED}${CHUNKED}`, 'x\r\n'],
    ['answered early, and its body breaks off', 200, `${ACCEPTED}Content-Length: 5\r\n\r\n`, 'he'],
    ['answered early, and its chunks are malformed', 200, `${ACCEPTED}${CHUNKED}`, 'x\r\n'],
  ] as const
  for (const [name, status, head, rest] of cases) {
    const face = await startFace(t, async (connection) => {
      await connection.receive('\r\n\r\n')
      await connection.send(OK)
    })
    const client = await dial(t, face.port)
    t.equal((await client.send(head).response()).status, status, name)
    client.send(rest).end()
    t.equal(await client.rest(), '', name)
  }
})

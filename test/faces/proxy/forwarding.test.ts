import { test } from 'tap'
import { dial } from '../../support/raw.js'
import { startFace } from './face.js'

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('an empty body reaches the target whole when a connection that was kept is gone', async (t) => {
  for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 0']) {
    const face = await startFace(t, async (connection) => {
      await connection.request()
      await connection.send(OK)
      await connection.request()
      connection.reset()
    })
    const client = await dial(t, face.port)
    t.equal((await client.ask('GET / HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
    const body = framing.endsWith('chunked') ? '0\r\n\r\n' : ''
    client.send(`DELETE / HTTP/1.1\r\nHost: h\r\n${framing}\r\n\r\n${body}`)
    const answer = await client.response()
    t.equal(answer.status, 200, framing)
    t.equal(face.target.connections.length, 2)
  }
})

test('a target may end its side of a tunnel, and go on listening', async (t) => {
  const heard: string[] = []
  const face = await startFace(t, async (connection) => {
    await connection.request()
    await connection.send(`${SWITCHING}bye`)
    connection.end()
    heard.push(await connection.receive('\n'))
  })
  const client = await dial(t, face.port)
  client.send('GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n')
  t.equal((await client.response()).status, 101)
  t.equal(await client.rest(), 'bye')
  client.send('still here\n')
  await face.until(() => heard.length > 0, 'something heard')
  t.strictSame(heard, ['still here\n'])
  client.end()
  await face.deserted()
})

import { test } from 'tap'
import { dial } from '../../support/raw.js'
import { startFace } from './face.js'

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

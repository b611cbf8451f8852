import { randomFillSync } from 'node:crypto'
import { test } from 'tap'
import { dial } from '../../../../support/raw.js'
import { startFace } from '../../face.js'

/** Around what is read at a time, at first and once that much has come. */
const SIZES = [
  0, 1, 16_300, 16_383, 16_384, 16_385, 40_000, 65_536, 131_000, 131_072, 131_073, 400_000, 5,
  16_384,
]

test('answers of any size come as they were sent, on one connection', async (t) => {
  const bodies = SIZES.map((size) => randomFillSync(Buffer.alloc(size)))
  const face = await startFace(t, async (connection) => {
    for (;;) {
      const { startLine } = await connection.request()
      const body = bodies[Number(startLine.split(/[ /]+/)[1])] ?? Buffer.alloc(0)
      const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`
      await connection.send(Buffer.concat([Buffer.from(head), body]))
    }
  })
  const client = await dial(t, face.port)
  for (const [n, body] of bodies.entries()) {
    const answer = await client.ask(`GET /${n} HTTP/1.1\r\nHost: h\r\n\r\n`)
    t.ok(answer.body.equals(body), `${body.length} bytes`)
  }
  t.equal(face.target.connections.length, 1)
})

import { test } from 'tap'
import { dial } from '../../support/raw.js'
import type { RawConnection } from '../../support/raw-target.js'
import { startFace } from './face.js'

const MUCH = 'x'.repeat(200_000)
const UPGRADE = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

/** Refuses whatever it is asked. */
async function refuse(connection: RawConnection): Promise<void> {
  await connection.receive('\r\n\r\n')
  await connection.send('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno')
}

const LAST_REQUESTS = {
  'CONNECT is refused': ['CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n', 405],
  'an upgrade is refused by the target': [UPGRADE, 426],
  'an upgrade is refused by the proxy': [UPGRADE.replace('/', '/../'), 400],
  'the head is malformed': ['GET / HTTP/1.1\r\nHost : h\r\n\r\n', 400],
  'the body is malformed': [
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    400,
  ],
  'a framing is refused': [
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
} as const

test('a connection that must end is read to its end, and gone with its client', async (t) => {
  for (const [name, [bytes, status]] of Object.entries(LAST_REQUESTS)) {
    await t.test(`after ${name}`, async (t) => {
      const face = await startFace(t, refuse)
      const client = await dial(t, face.port)
      client.send(bytes).send(MUCH)
      const answer = await client.response()
      t.equal(answer.status, status)
      t.equal(await client.rest(), '', 'one answer, and an end in order')
      client.end()
      await face.deserted()
    })
  }
})

test('a connection that must end is cut when its client does not leave', async (t) => {
  for (const [name, [bytes, status]] of Object.entries(LAST_REQUESTS)) {
    await t.test(`after ${name}`, async (t) => {
      const face = await startFace(t, refuse)
      const client = await dial(t, face.port)
      t.equal((await client.send(bytes).response()).status, status)
      t.equal(await client.rest(), '')
      t.equal(face.clients, 1, 'it may still be sending')
      await face.elapse(2100)
      await face.deserted()
    })
  }
})

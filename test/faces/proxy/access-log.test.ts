import { test } from 'tap'
import { dial } from '../../support/raw.js'
import type { RawConnection } from '../../support/raw-target.js'
import { startFace } from './face.js'

async function answering(connection: RawConnection): Promise<void> {
  for (;;) {
    await connection.request()
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  }
}

const PATHS = ['/', '/a"b', '/a\\b', '/%22', "/~!$&'()*+,;=:@"]

test('a line says everything of a request, whatever its path is made of', async (t) => {
  const face = await startFace(t, answering)
  for (const [index, path] of PATHS.entries()) {
    const client = await dial(t, face.port)
    client.send(`GET ${path}?secret HTTP/1.1\r\nHost: h:${index}\r\nConnection: close\r\n\r\n`)
    await client.response()
    await face.accessed(index + 1)
    t.match(face.accesses[index], {
      level: 30,
      time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      pid: process.pid,
      client: '127.0.0.1',
      method: 'GET',
      host: `h:${index}`,
      path,
      version: '1.1',
      rule: 1,
      group: 'web',
      target: `http://127.0.0.1:${face.target.port}`,
      attempts: 1,
      status: 200,
      durationMs: Number,
      bytesReceived: 0,
      bytesSent: 2,
      msg: 'access',
    })
    t.notOk('error' in (face.accesses[index] ?? {}))
  }
})

test('what is not known is not told', async (t) => {
  const face = await startFace(t, answering, { settings: { rules: [] } })
  const client = await dial(t, face.port)
  client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  await client.response()
  await face.accessed(1)
  const [line = {}] = face.accesses
  t.match(line, { attempts: 0, status: 404, error: 'RULE_NOT_FOUND' })
  for (const name of ['rule', 'group', 'target']) t.notOk(name in line, name)
})

test('lines are whole however many and however long they are', async (t) => {
  const face = await startFace(t, answering, { settings: { maxHeaderSizeBytes: 200_000 } })
  const client = await dial(t, face.port)
  const paths: string[] = []
  // Around what waits at most, and a few longer than that.
  for (const length of [1, 15_000, 32_000, 43_000, 65_200, 65_400, 65_536, 90_000, 140_000, 10])
    for (const letter of ['x', '"', '\\']) paths.push(`/${letter.repeat(length / 2)}`)
  for (let n = 0; n < 1000; n++) paths.push(`/short/${n}`)
  for (const path of paths) {
    client.send(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
    t.equal((await client.response()).status, 200)
  }
  await face.accessed(paths.length)
  t.strictSame(
    face.accesses.map(({ path }) => path),
    paths,
  )
})

test('what is not ASCII is written as it came', async (t) => {
  const face = await startFace(t, answering)
  const client = await dial(t, face.port)
  client.send('GET / HTTP/1.1\r\nHost: \xe9\xff\r\n\r\n')
  t.equal((await client.response()).status, 400)
  await face.accessed(1)
  t.equal(face.accesses[0]?.['host'], '\xe9\xff')
})

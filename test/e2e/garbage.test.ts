import { test } from 'tap'
import { value, values } from '../support/http-message.js'
import { setUp } from '../support/pass.js'
import { dial, parseResponse } from '../support/raw.js'
import { echo, message, ok } from '../support/recording-target.js'
import { damage, pick, seeded } from '../support/seeded.js'

const REQUESTS = [
  message('GET /a?b=c HTTP/1.1', ['Host: h', 'Accept: */*', 'Connection: close']),
  message('POST /a HTTP/1.1', ['Host: h', 'Content-Length: 5'], 'hello'),
  message(
    'POST /a HTTP/1.1',
    ['Host: h', 'Transfer-Encoding: chunked', 'TE: trailers'],
    '5;x=y\r\nhello\r\n0\r\nX-Sum: a\r\n\r\n',
  ),
  message('GET /a HTTP/1.1', ['Host: h', 'Connection: Upgrade', 'Upgrade: websocket']),
  message('GET http://h/a HTTP/1.1', ['Host: h', 'Expect: 100-continue', 'Cookie: a=b']),
]
const RESPONSES = [
  ok('hello', 'Set-Cookie: a=b', 'Connection: keep-alive'),
  message(
    'HTTP/1.1 200 OK',
    ['Transfer-Encoding: chunked', 'Trailer: X-Sum'],
    '5\r\nhello\r\n0\r\nX-Sum: a\r\n\r\n',
  ),
  `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('hello')}`,
  message('HTTP/1.0 304 Not Modified', ['Content-Length: 5', 'Keep-Alive: timeout=5']),
]
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: h\r\n\r\n'

test('No damaged request ends the process or reaches a target damaged', async (t) => {
  const { proxy, target } = await setUp(t)
  const random = seeded(20_240_229)
  target.onHead = ({ fields, target: path }) => {
    // What the proxy sends is its own writing, whatever it was sent.
    if (value(fields, 'host') !== target.address) t.fail('another Host')
    if (!/1\.[01] pointsman$/.test(values(fields, 'via').join())) t.fail('no Via')
    if (!path.startsWith('/')) t.fail(`target ${path}`)
  }
  for (let n = 0; n < 24; n++) {
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        const sent = damage(random, pick(random, REQUESTS))
        const client = await dial(t, proxy.port)
        await client.sendCut(sent, 1 + Math.floor(random() * 60)).catch(() => undefined)
        const come = await client.end().rest()
        if (come.includes('Target saw')) t.fail(`${JSON.stringify(sent)} made ${come}`)
        if (come !== '') parseResponse(Buffer.from(come, 'latin1'), 'GET', true)
      }),
    )
    target.take()
  }
  target.onHead = undefined
  t.equal((await (await dial(t, proxy.port)).ask(SENTINEL)).status, 200)
})

test('No damaged response ends the process or reaches a client damaged', async (t) => {
  const { proxy, target } = await setUp(t, { CONNECTION_TIMEOUT: '300' })
  const random = seeded(20_240_301)
  target.answer = ({ connection, target: path, ...request }) => {
    if (path === '/sentinel') echo({ ...request, connection, target: path })
    else connection.send(damage(random, pick(random, RESPONSES)))
  }
  for (let n = 0; n < 12; n++) {
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        const client = await dial(t, proxy.port)
        client.send('GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
        const come = Buffer.from(await client.rest(), 'latin1')
        // Throws, and so fails the test, when what came is not well-formed.
        parseResponse(come, 'GET', true)
      }),
    )
    const client = await dial(t, proxy.port)
    t.equal((await client.ask(SENTINEL)).body.toString(), 'GET /sentinel')
  }
})

test('Nobody gets the answer to another’s request', async (t) => {
  const { proxy, target } = await setUp(t)
  const random = seeded(20_240_302)
  target.answer = ({ connection, target: path }) => {
    const chunk = `${path.length.toString(16)}\r\n${path}\r\n`
    const chunked = message('HTTP/1.1 200 OK', ['Transfer-Encoding: chunked'], chunk)
    const answer = () =>
      pick(random, [
        () => connection.send(ok(path)),
        () => connection.send(`${chunked}0\r\n\r\n`),
        () => connection.send(ok(path) + ok('/stray')),
        () => connection.send(message('HTTP/1.1 200 OK', ['Connection: close'], path)).end(),
        () => connection.send(chunked).end(),
        () => connection.reset(),
      ])()
    setTimeout(answer, random() * 10)
  }
  const tally = { right: 0, failed: 0 }
  await Promise.all(
    Array.from({ length: 32 }, async (_, who) => {
      for (let n = 0; n < 25; n++) {
        const client = await dial(t, proxy.port)
        const paths = [`/${who}-${n}-a`, `/${who}-${n}-b`, `/${who}-${n}-c`]
        for (const path of paths) client.send(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
        for (const path of paths) {
          const response = await client.response().catch(() => undefined)
          const body = response?.body.toString()
          if (response?.status === 200 && body !== path) t.fail(`${path} was answered ${body}`)
          else if (response?.status === 200) tally.right++
          else tally.failed++
          if (!response) break
        }
        client.reset()
      }
    }),
  )
  t.ok(tally.right > 500, `${tally.right} right, ${tally.failed} failed`)
})

import { test } from 'tap'
import { isProxyError } from '../support/errors.js'
import { value, values } from '../support/http-message.js'
import { dialAnew, setUp } from '../support/pass.js'
import { message, ok } from '../support/recording-target.js'

test('The target decides about Expect: 100-continue', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const head = message('POST / HTTP/1.1', ['Host: h', 'Expect: 100-continue', 'Content-Length: 5'])

  await t.test('by a 100', async (t) => {
    const asking = await dialAnew(t, setup)
    asking.send(head)
    const { fields, connection } = await setup.target.head()
    t.equal(value(fields, 'expect')?.toLowerCase(), '100-continue')
    t.equal(asking.unread(), '', 'the proxy does not answer for it')
    connection.send('HTTP/1.1 100 Continue\r\n\r\n')
    await asking.received('100')
    const response = await asking.send('hello').response('POST')
    t.equal(response.status, 200)
    t.strictSame(
      response.informational.map(({ status }) => status),
      [100],
      'once',
    )
    t.equal(target.take()[0]?.body.toString(), 'hello')
    t.equal((await asking.ask('GET /next HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
  })

  for (const line of ['417 Expectation Failed', '401 Unauthorized', '200 OK']) {
    await t.test(`by a final ${line}`, async (t) => {
      const asking = await dialAnew(t, setup)
      target.onHead = ({ connection }) =>
        connection.send(message(`HTTP/1.1 ${line}`, ['Content-Length: 2'], 'no'))
      const response = await asking.send(head).response('POST')
      t.equal(response.status, Number(line.slice(0, 3)))
      t.equal(response.body.toString(), 'no')
      t.strictSame(response.informational, [])
    })
  }

  await t.test('but no other expectation is met', async (t) => {
    const asking = await dialAnew(t, setup)
    const other = head.replace('100-continue', 'a-miracle')
    isProxyError(t, await asking.ask(other), { status: 417 })
    t.strictSame(target.heads, [])
  })

  await t.test('and a client that does not wait is served', async (t) => {
    const asking = await dialAnew(t, setup)
    const response = await asking.send(`${head}hello`).response('POST')
    t.equal(response.status, 200)
    t.equal(target.take()[0]?.body.toString(), 'hello')
  })

  await t.test('and a large body may follow the 100', async (t) => {
    const asking = await dialAnew(t, setup)
    target.onHead = ({ connection }) => connection.send('HTTP/1.1 100 Continue\r\n\r\n')
    const lines = ['Host: h', 'Expect: 100-continue', 'Content-Length: 200000']
    asking.send(message('PUT / HTTP/1.1', lines))
    await asking.received('100')
    const response = await asking.send(Buffer.alloc(200_000, 'x')).response('PUT')
    t.equal(response.status, 200)
    t.equal(target.take()[0]?.body.length, 200_000)
  })
})

test('Other informational responses are passed on', async (t) => {
  const setup = await setUp(t)
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nLink: </b.css>\r\nX-H: \xe9\r\n\r\n'

  await t.test('before the final one comes', async (t) => {
    const asking = await dialAnew(t, setup)
    setup.target.answer = ({ connection }) => connection.send(hints)
    asking.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    await asking.received('b.css')
    const { connection } = await setup.target.head()
    connection.send(`HTTP/1.1 102 Processing\r\n\r\n${hints}${ok('done')}`)
    const response = await asking.response()
    t.equal(response.body.toString(), 'done')
    t.strictSame(
      response.informational.map(({ status, fields }) => [
        status,
        values(fields, 'link').join(', '),
        ...values(fields, 'x-h'),
      ]),
      [
        [103, '</a.css>, </b.css>', '\xe9'],
        [102, ''],
        [103, '</a.css>, </b.css>', '\xe9'],
      ],
    )
  })

  await t.test('but not to a client of HTTP/1.0', async (t) => {
    const asking = await dialAnew(t, setup)
    setup.target.answer = hints + ok('done')
    asking.send('GET / HTTP/1.0\r\n\r\n')
    t.match(await asking.rest(), /^HTTP\/1\.[01] 200 /)
  })
})

test('Trailers pass both ways', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const trailers = 'X-Sum: abc\r\nx-sum: \xe9\r\n\r\n'

  await t.test('of a request', async (t) => {
    for (const cut of [1000, 1]) {
      const asking = await dialAnew(t, setup)
      const lines = ['Host: h', 'Transfer-Encoding: chunked', 'Trailer: X-Sum']
      await asking.sendCut(message('POST / HTTP/1.1', lines, `2\r\nhi\r\n0\r\n${trailers}`), cut)
      t.equal((await asking.response('POST')).status, 200)
      t.match(target.take(), [
        {
          trailers: [
            ['X-Sum', 'abc'],
            ['x-sum', '\xe9'],
          ],
        },
      ])
    }
  })

  await t.test('of a response', async (t) => {
    const asking = await dialAnew(t, setup)
    const lines = ['Transfer-Encoding: chunked', 'Trailer: X-Sum']
    target.answer = message('HTTP/1.1 200 OK', lines, `2\r\nhi\r\n0\r\n${trailers}`)
    const ask = 'GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n\r\n'
    const response = await asking.ask(ask)
    t.equal(response.body.toString(), 'hi')
    t.strictSame(response.trailers, [
      ['X-Sum', 'abc'],
      ['x-sum', '\xe9'],
    ])
    t.equal((await asking.ask(ask)).body.toString(), 'hi', 'the connection stays usable')
  })

  await t.test('and are dropped where the client cannot take them', async (t) => {
    const asking = await dialAnew(t, setup)
    const lines = ['Transfer-Encoding: chunked', 'Trailer: X-Sum']
    target.answer = message('HTTP/1.1 200 OK', lines, `2\r\nhi\r\n0\r\n${trailers}`)
    asking.send('GET / HTTP/1.0\r\n\r\n')
    const whole = await asking.rest()
    t.match(whole, /^HTTP\/1\.[01] 200 /)
    t.ok(whole.endsWith('\r\n\r\nhi'), 'the body ends with the connection')
    t.notMatch(whole, /transfer-encoding/i)
  })

  await t.test('and a response to HEAD with a Trailer field does no harm', async (t) => {
    const asking = await dialAnew(t, setup)
    const lines = ['Transfer-Encoding: chunked', 'Trailer: X-Sum']
    target.answer = message('HTTP/1.1 200 OK', lines)
    for (let n = 0; n < 2; n++) {
      t.equal((await asking.ask('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
    }
    target.answer = message('HTTP/1.1 200 OK', ['Trailer: X-Sum', 'Content-Length: 2'], 'hi')
    t.equal((await asking.ask('GET / HTTP/1.1\r\nHost: h\r\n\r\n')).body.toString(), 'hi')
  })
})

import { createHash, randomBytes } from 'node:crypto'
import { test } from 'tap'
import { dialAnew, setUp } from '../support/pass.js'
import { TEST_TRANSPORT } from '../support/pointsman.js'
import { echo, message, type SeenHead } from '../support/recording-target.js'

const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex')

test('Bodies pass through', async (t) => {
  const setup = await setUp(t)
  const { target } = setup

  await t.test('framed by length or in chunks, with any method', async (t) => {
    const chunked = '3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n'
    const rows = [
      { head: ['POST / HTTP/1.1', 'Content-Length: 13'], sent: 'abc0123456789' },
      { head: ['POST / HTTP/1.1', 'Transfer-Encoding: chunked'], sent: chunked },
      { head: ['POST / HTTP/1.1', 'TRANSFER-encoding:CHUNKED'], sent: chunked },
      { head: ['GET / HTTP/1.1', 'Content-Length: 13'], sent: 'abc0123456789' },
      { head: ['GET / HTTP/1.1', 'Transfer-Encoding: chunked'], sent: chunked },
      { head: ['DELETE / HTTP/1.1', 'Content-Length: 13'], sent: 'abc0123456789' },
      { head: ['PROPFIND / HTTP/1.1', 'Content-Length: 13'], sent: 'abc0123456789' },
      { head: ['OPTIONS / HTTP/1.1', 'Transfer-Encoding: chunked'], sent: chunked },
    ]
    for (const { head, sent } of rows) {
      const [startLine = '', ...lines] = head
      for (const cut of [sent.length + 1000, 1]) {
        const asking = await dialAnew(t, setup)
        await asking.sendCut(message(startLine, ['Host: h', ...lines], sent), cut)
        t.equal((await asking.response()).status, 200)
        const [request] = target.take()
        t.equal(request?.body.toString(), 'abc0123456789', head.join(' | '))
      }
    }
  })

  await t.test('and an empty one is no body', async (t) => {
    const rows = [
      { head: ['GET / HTTP/1.1'], sent: '' },
      { head: ['DELETE / HTTP/1.1'], sent: '' },
      { head: ['POST / HTTP/1.1'], sent: '' },
      { head: ['POST / HTTP/1.1', 'Content-Length: 0'], sent: '' },
      { head: ['PUT / HTTP/1.1', 'Transfer-Encoding: chunked'], sent: '0\r\n\r\n' },
    ]
    for (const { head, sent } of rows) {
      const [startLine = '', ...lines] = head
      const asking = await dialAnew(t, setup)
      t.equal((await asking.ask(message(startLine, ['Host: h', ...lines], sent))).status, 200)
      const [request] = target.take()
      t.equal(request?.body.length, 0, head.join(' | '))
      const framed = request?.framing === 0 || lines.includes('Transfer-Encoding: chunked')
      t.ok(framed, 'no framing that was not there')
    }
  })

  await t.test('of a mebibyte each way, byte for byte', async (t) => {
    const sent = randomBytes(1 << 20)
    const back = randomBytes(1 << 20)
    const chunk = (data: Buffer) => [`${data.length.toString(16)}\r\n`, data, '\r\n']
    const halves = [back.subarray(0, 300_000), back.subarray(300_000)]
    const answers = {
      length: [message('HTTP/1.1 200 OK', [`Content-Length: ${back.length}`]), back],
      chunks: [
        message('HTTP/1.1 200 OK', ['Transfer-Encoding: chunked']),
        ...halves.flatMap(chunk),
        '0\r\n\r\n',
      ],
    }
    for (const [name, pieces] of Object.entries(answers)) {
      const asking = await dialAnew(t, setup)
      target.answer = ({ connection }) => pieces.forEach((piece) => connection.send(piece))
      asking.send(message('POST / HTTP/1.1', ['Host: h', `Content-Length: ${sent.length}`]))
      const response = await asking.send(sent).response()
      const [request] = target.take()
      t.equal(request && digest(request.body), digest(sent), 'towards the target')
      t.equal(digest(response.body), digest(back), `towards the client by ${name}`)
    }
  })

  await t.test('piece by piece, without waiting for the rest', async (t) => {
    const rows = [
      { framing: 'Content-Length: 6', pieces: ['abc', 'def'] },
      { framing: 'Transfer-Encoding: chunked', pieces: ['3\r\nabc\r\n', '3\r\ndef\r\n0\r\n\r\n'] },
    ]
    for (const { framing, pieces } of rows) {
      const asking = await dialAnew(t, setup)
      asking.send(message('POST / HTTP/1.1', ['Host: h', framing], pieces[0]))
      const { connection } = await setup.target.head()
      await target.until(() => (connection.received.includes('abc') ? true : undefined))
      asking.send(pieces[1] ?? '')
      t.equal((await asking.response()).status, 200)

      target.answer = ({ connection }) =>
        connection.send(message('HTTP/1.1 200 OK', [framing], pieces[0]))
      asking.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
      await asking.received('abc')
      const second = await setup.target.head()
      second.connection.send(pieces[1] ?? '')
      t.equal((await asking.response()).body.toString(), 'abcdef', framing)
    }
  })

  await t.test('events are passed on at once', async (t) => {
    const rows = [['Transfer-Encoding: chunked'], ['Connection: close']]
    for (const [framing = ''] of rows) {
      const write = (event: string) =>
        framing === 'Connection: close' ? event : `${event.length.toString(16)}\r\n${event}\r\n`
      const asking = await dialAnew(t, setup)
      const head = ['Content-Type: text/event-stream', framing]
      target.answer = ({ connection }) => connection.send(message('HTTP/1.1 200 OK', head))
      asking.send('GET / HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n')
      const { connection } = await setup.target.head()
      await asking.received('\r\n\r\n')
      for (const event of ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']) {
        connection.send(write(event))
        t.ok(await asking.received(event), `${JSON.stringify(event)} came before the next`)
      }
      if (framing === 'Connection: close') connection.end()
      else connection.send('0\r\n\r\n')
      const { body } = await asking.response()
      t.equal(body.toString(), 'data: one\n\ndata: two\n\ndata: three\n\n')
    }
  })
})

test('A target may answer before it has read the body', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const early = message('HTTP/1.1 403 Forbidden', ['Content-Length: 4'], 'away')
  const rows: { name: string; then: (head: SeenHead) => unknown }[] = [
    { name: 'and read on', then: () => undefined },
    { name: 'and close', then: ({ connection }: SeenHead) => connection.end() },
    { name: 'and stop reading', then: ({ connection }: SeenHead) => connection.socket.pause() },
  ]
  const reset = {
    name: 'and reset',
    then: ({ connection }: SeenHead) => setImmediate(() => connection.reset()),
  }
  // By reply-from the body leaves behind the head; when it meets the reset, Node's client drops what it has not read.
  if (TEST_TRANSPORT !== 'reply-from') rows.push(reset)
  for (const { name, then } of rows) {
    await t.test(`${name}, while the client has sent a part`, async (t) => {
      for (const framing of ['Content-Length: 1000', 'Transfer-Encoding: chunked']) {
        const asking = await dialAnew(t, setup)
        target.onHead = (head) => {
          head.connection.send(early)
          then(head)
        }
        target.answer = () => undefined
        asking.send(message('POST / HTTP/1.1', ['Host: h', framing], '2\r\nab\r\n'))
        const response = await asking.response('POST')
        t.equal(response.status, 403, framing)
        t.equal(response.body.toString(), 'away')
        asking.reset()
      }
    })
  }

  await t.test('and what remains of the body is never taken for a request', async (t) => {
    const rest = 'GET /not HTTP/1.1\r\nHost: h\r\n\r\n'
    const rows = [
      { framing: `Content-Length: ${rest.length + 2}`, begin: 'ab', end: rest },
      {
        framing: 'Transfer-Encoding: chunked',
        begin: '2\r\nab\r\n',
        end: `${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`,
      },
    ]
    for (const { framing, begin, end } of rows) {
      const asking = await dialAnew(t, setup)
      target.onHead = ({ method, connection }) => {
        if (method === 'POST') connection.send(early)
      }
      target.answer = (request) => {
        if (request.method === 'GET') echo(request)
      }
      asking.send(message('POST / HTTP/1.1', ['Host: h', framing], begin))
      t.equal((await asking.response('POST')).status, 403)
      asking.send(`${end}GET /next HTTP/1.1\r\nHost: h\r\n\r\n`)
      const next = await asking.response().catch(() => undefined)
      if (next) t.equal(next.body.toString(), 'GET /next', framing)
      else t.pass('or the connection has been closed')
      t.notOk(target.heads.some(({ target: path }) => path === '/not'))
    }
  })

  await t.test('while the client goes on sending a large one', async (t) => {
    const asking = await dialAnew(t, setup)
    target.onHead = ({ connection }) => {
      connection.send(early)
      connection.socket.pause()
    }
    const body = Buffer.alloc(16 << 20, 'x')
    asking.send(message('POST / HTTP/1.1', ['Host: h', `Content-Length: ${body.length}`]))
    asking.send(body)
    const response = await asking.response('POST')
    t.equal(response.status, 403)
    t.equal(response.body.toString(), 'away')
    asking.reset()
  })
})

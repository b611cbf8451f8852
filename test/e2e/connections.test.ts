import { METHODS } from 'node:http'
import { test } from 'tap'
import { environment } from '../support/environment.js'
import { value, values } from '../support/http-message.js'
import { dialAnew, setUp } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { echo, message, ok, startTarget } from '../support/recording-target.js'

const NEXT = 'GET /next HTTP/1.1\r\nHost: h\r\n\r\n'

test('A response that has no body leaves the connection usable', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const rows = [
    { method: 'HEAD', line: '200 OK', lines: ['Content-Length: 100'] },
    { method: 'HEAD', line: '200 OK', lines: ['Transfer-Encoding: chunked'] },
    { method: 'HEAD', line: '200 OK', lines: [] },
    { method: 'HEAD', line: '404 Not Found', lines: ['Content-Length: 100'] },
    { method: 'GET', line: '204 No Content', lines: [] },
    { method: 'GET', line: '204 No Content', lines: ['Content-Length: 0'] },
    { method: 'GET', line: '204 No Content', lines: ['Content-Length: 5'] },
    { method: 'POST', line: '204 No Content', lines: ['Transfer-Encoding: chunked'] },
    { method: 'GET', line: '304 Not Modified', lines: [] },
    { method: 'GET', line: '304 Not Modified', lines: ['Content-Length: 1234'] },
    { method: 'GET', line: '304 Not Modified', lines: ['Transfer-Encoding: chunked'] },
    { method: 'GET', line: '200 OK', lines: ['Content-Length: 0'] },
  ]
  for (const { method, line, lines } of rows) {
    await t.test(`${method} → ${line} ${lines.join()}`, async (t) => {
      const asking = await dialAnew(t, setup)
      target.answer = message(`HTTP/1.1 ${line}`, lines)
      for (let n = 0; n < 2; n++) {
        const response = await asking.ask(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`)
        t.equal(response.status, Number(line.slice(0, 3)))
        t.equal(response.body.length, 0)
        if (method === 'HEAD' && lines[0]?.startsWith('Content-Length')) {
          t.equal(value(response.fields, 'content-length'), '100', 'the length is told')
        }
      }
      target.answer = echo
      t.equal((await asking.ask(NEXT)).body.toString(), 'GET /next')
    })
  }
})

test('A client of HTTP/1.0 is served in its own way', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const chunked = message(
    'HTTP/1.1 200 OK',
    ['Transfer-Encoding: chunked'],
    '3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\n\r\n',
  )

  await t.test('without Host, and never in chunks', async (t) => {
    for (const answer of [chunked, ok('abcdef'), message('HTTP/1.1 200 OK', [], 'abcdef')]) {
      const asking = await dialAnew(t, setup)
      target.answer = ({ connection }) => {
        connection.send(answer)
        if (!/length|chunked/i.test(answer)) connection.end()
      }
      asking.send('GET / HTTP/1.0\r\n\r\n')
      const whole = await asking.rest()
      t.match(whole, /^HTTP\/1\.[01] 200 /)
      t.ok(whole.endsWith('\r\n\r\nabcdef'), 'the body ends with the connection')
      t.notMatch(whole, /transfer-encoding/i)
      const [request] = target.take()
      t.strictSame(values(request?.fields ?? [], 'host'), [target.address])
      t.match(values(request?.fields ?? [], 'via').join(), /^1\.[01] pointsman$/)
    }
  })

  await t.test('and does not hang when it asked to keep the connection', async (t) => {
    const asking = await dialAnew(t, setup)
    target.answer = chunked
    asking.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    const whole = await asking.rest()
    t.ok(whole.endsWith('\r\n\r\nabcdef'))
    t.notMatch(whole, /^connection: *keep-alive/im)
  })

  await t.test('also when it sends a body', async (t) => {
    const asking = await dialAnew(t, setup)
    asking.send('POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi')
    t.ok((await asking.rest()).endsWith('\r\n\r\nPOST /'))
    t.equal(target.take()[0]?.body.toString(), 'hi')
  })
})

test('A response may end with its connection or speak HTTP/1.0', async (t) => {
  const setup = await setUp(t)
  const rows = [
    { name: 'close-delimited', answer: message('HTTP/1.1 200 OK', [], 'whole body') },
    {
      name: 'close-delimited and said so',
      answer: message('HTTP/1.1 200 OK', ['Connection: close'], 'whole body'),
    },
    { name: 'HTTP/1.0', answer: message('HTTP/1.0 200 OK', [], 'whole body') },
    {
      name: 'HTTP/1.0 with a length',
      answer: message('HTTP/1.0 200 OK', ['Content-Length: 10'], 'whole body'),
    },
    {
      name: 'HTTP/1.0 that wants to keep',
      answer: message('HTTP/1.0 200 OK', ['Connection: keep-alive'], 'whole body'),
    },
  ]
  for (const { name, answer } of rows) {
    await t.test(name, async (t) => {
      const asking = await dialAnew(t, setup)
      setup.target.answer = ({ connection }) => connection.send(answer).end()
      for (let n = 0; n < 2; n++) {
        const response = await asking.ask('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
        t.equal(response.body.toString(), 'whole body')
        t.not(response.framing, 'close', 'the client’s connection is kept')
      }
    })
  }

  await t.test('a connection that ended is not used again', async (t) => {
    const asking = await dialAnew(t, setup)
    const before = setup.target.connections.length
    setup.target.answer = message('HTTP/1.0 200 OK', ['Content-Length: 2'], 'ok')
    for (let n = 0; n < 3; n++) await asking.ask(NEXT)
    t.equal(setup.target.connections.length - before, 3)
  })
})

test('A client that asks to close is obeyed', async (t) => {
  const setup = await setUp(t)
  for (const option of ['close', 'Close', 'x, close']) {
    const asking = await dialAnew(t, setup)
    asking.send(message('GET / HTTP/1.1', ['Host: h', `Connection: ${option}`]))
    const response = await asking.response()
    t.equal(value(response.fields, 'connection')?.toLowerCase(), 'close', option)
    t.equal(await asking.rest(), '')
  }
})

test('Connections to targets are used again', async (t) => {
  const setup = await setUp(t)
  for (let n = 0; n < 5; n++) t.equal((await (await dialAnew(t, setup)).ask(NEXT)).status, 200)
  t.equal(setup.target.connections.length, 1)
})

test('A client that sends FIN after its request gets the answer', async (t) => {
  const setup = await setUp(t)
  const { target } = setup
  const rows = [
    'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi',
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
  ]
  for (const sent of rows) {
    await t.test(sent.replaceAll('\r\n', ' '), async (t) => {
      const asking = await dialAnew(t, setup)
      // Long enough for the FIN to be noticed, and whatever follows from it, before the answer is there.
      target.answer = (request) => void setTimeout(() => echo(request), 600)
      asking.send(sent).end()
      const response = await asking.response()
      t.equal(response.status, 200)
      t.equal(response.body.toString(), `${sent.slice(0, sent.indexOf(' '))} /`)
      if (sent.includes('HTTP/1.0')) t.strictSame(response.informational, [], 'no 1xx to HTTP/1.0')
      t.equal(target.take().length, 1)
    })
  }
})

test('Pipelined requests are answered in order', async (t) => {
  const slow = await startTarget(t, (request) => void setTimeout(() => echo(request), 50))
  const quick = await startTarget(t)
  const rules = [
    { prefix: '/slow', targets: slow.address },
    { prefix: '/quick', targets: quick.address },
  ]
  const proxy = await startPointsman(t, environment(rules))
  const expected = Array.from({ length: 20 }, (_, n) => {
    const method = n % 3 === 1 ? 'POST' : 'GET'
    return `${method} /${n % 4 === 0 ? 'slow' : 'quick'}/${n}`
  })
  const requests = expected.map((line) =>
    line.startsWith('POST')
      ? `${line} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /`
      : `${line} HTTP/1.1\r\nHost: h\r\n\r\n`,
  )

  for (const cut of [1_000_000, 7]) {
    await t.test(`sent in pieces of ${cut}`, async (t) => {
      const asking = await dial(t, proxy.port)
      await asking.sendCut(requests.join(''), cut)
      for (const line of expected) t.equal((await asking.response()).body.toString(), line)
    })
  }

  await t.test('a thousand at once', async (t) => {
    const asking = await dial(t, proxy.port)
    const paths = Array.from({ length: 1000 }, (_, n) => `/quick/${n}`)
    asking.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join(''))
    let wrong = 0
    for (const path of paths) {
      if ((await asking.response()).body.toString() !== `GET ${path}`) wrong++
    }
    t.equal(wrong, 0)
  })

  await t.test('and one that is malformed is the last', async (t) => {
    quick.take()
    const asking = await dial(t, proxy.port)
    const line = 'GET /quick/good HTTP/1.1\r\nHost: h\r\n\r\n'
    asking.send(`${line}GET /quick/bad HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n${line}`)
    t.equal((await asking.response()).body.toString(), 'GET /quick/good')
    t.equal((await asking.response()).status, 400)
    t.equal(await asking.rest(), '')
    t.strictSame(
      quick.take().map(({ target }) => target),
      ['/quick/good'],
    )
  })
})

test('Every method that Node’s parser knows is forwarded', async (t) => {
  const setup = await setUp(t)
  for (const method of METHODS.filter((name) => name !== 'CONNECT')) {
    const asking = await dialAnew(t, setup)
    const { status } = await asking.ask(`${method} /x HTTP/1.1\r\nHost: h\r\n\r\n`)
    t.equal(status, 200, method)
    t.strictSame(
      setup.target.take().map((request) => request.startLine),
      [`${method} /x HTTP/1.1`],
    )
  }
  for (const method of ['FOO', 'get', 'GETX', 'G\xe9T', 'PRI', '(', 'POST\x00']) {
    const asking = await dialAnew(t, setup)
    const { status, body } = await asking.ask(`${method} /x HTTP/1.1\r\nHost: h\r\n\r\n`)
    t.ok(status === 400 || status === 501, `${JSON.stringify(method)} is answered ${status}`)
    t.equal(body.length, 0)
    t.strictSame(setup.target.take(), [])
  }
})

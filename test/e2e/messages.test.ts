import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { value, values, type Field } from '../support/http-message.js'
import { pass, setUp, type Setup } from '../support/pass.js'
import { startPointsman } from '../support/pointsman.js'
import { dial, type RawResponse } from '../support/raw.js'
import { echo, message, ok, startTarget } from '../support/recording-target.js'

const HIGH_BYTES = Array.from({ length: 128 }, (_, n) => String.fromCharCode(128 + n)).join('')

/** Fields the proxy may write of its own accord into a request, and into a response. */
const ADDED = /^(?:host|via|forwarded|x-forwarded-.*|connection|content-length|transfer-encoding)$/i
const ADDED_BACK = /^(?:via|date|connection|keep-alive|content-length|transfer-encoding)$/i

function without(fields: readonly Field[], added: RegExp): Field[] {
  return fields.filter(([name]) => !added.test(name))
}

test('The target gets exactly one Host', async (t) => {
  const setup = await setUp(t)
  const { proxy, target } = setup

  await t.test('its own by default, the client’s where the rule says so', async (t) => {
    const rows = [
      { path: '/', lines: ['Host: client.test'], host: target.address },
      { path: '/', lines: ['hOST: client.test:81'], host: target.address },
      { path: '/keep', lines: ['Host: client.test'], host: 'client.test' },
      { path: '/keep', lines: ['host: client.test:81'], host: 'client.test:81' },
      { path: 'http://uri.test/keep', lines: ['Host: client.test'], host: 'uri.test' },
    ]
    for (const { path, lines, host } of rows) {
      const { fields } = await pass(t, setup, { path, lines })
      t.strictSame(values(fields, 'host'), [host], `${path} ${lines.join()}`)
      const forwarded = path.startsWith('http:') ? 'uri.test' : lines[0]?.slice(6)
      t.equal(value(fields, 'x-forwarded-host'), forwarded)
    }
  })

  await t.test('with the brackets and the name that the list has', async (t) => {
    const byName = await startTarget(t)
    const rules = [{ prefix: '/', targets: `localhost:${byName.port}/base` }]
    const proxy = await startPointsman(t, environment(rules))
    const { fields } = await pass(t, { proxy, target: byName }, { lines: ['Host: h'] })
    t.strictSame(values(fields, 'host'), [`localhost:${byName.port}`])
  })

  await t.test('also when Connection nominates it', async (t) => {
    for (const path of ['/', '/keep']) {
      const lines = ['Host: client.test', 'Connection: close, Host']
      const { fields } = await pass(t, setup, { path, lines })
      t.equal(values(fields, 'host').length, 1, path)
    }
  })

  await t.test('and a request without, with two or with a bad one is refused', async (t) => {
    const rows = [
      ['Accept: */*'],
      ['Host: a.test', 'Host: a.test'],
      ['Host: a.test', 'hoST: b.test'],
      ['Host: a.test', 'X: y', 'Host:'],
      ['Host: a b'],
      ['Host: a.test/x'],
      ['Host: user@a.test'],
    ]
    for (const lines of rows) {
      const client = await dial(t, proxy.port)
      const response = await client.ask(message('GET / HTTP/1.1', lines))
      t.equal(response.status, 400, lines.join(' | '))
      t.equal(response.body.length, 0)
      t.strictSame(target.take(), [], 'nothing reaches the target')
      t.equal((await client.ask(message('GET / HTTP/1.1', ['Host: h']))).status, 200)
      t.equal(target.take().length, 1, 'the connection stays usable')
    }
  })
})

test('Fields of one hop stay on their hop', async (t) => {
  const setup = await setUp(t)
  const dropped = [
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
    'Proxy-Authenticate: Basic',
    'Upgrade: other/1',
    'X-Drop: 1',
    'x-also-drop: 2',
  ]
  const kept = ['X-Drop-Not: 1', 'Drop: 2', 'X: drop']
  const nominations = [
    ['Connection: close, X-Drop, x-ALSO-drop'],
    ['Connection: X-Drop', 'X-Between: 1', 'connection: X-Also-Drop'],
    ['Connection: , x-drop ,,\tx-also-drop,'],
    ['CONNECTION: keep-alive,x-drop,x-also-drop,not-there'],
  ]
  const names = dropped.map((line) => line.slice(0, line.indexOf(':')))

  await t.test('of a request', async (t) => {
    for (const nomination of nominations) {
      const lines = ['Host: h', ...dropped, ...nomination, ...kept]
      const { fields } = await pass(t, setup, { lines })
      for (const name of names) t.strictSame(values(fields, name), [], `${name} is dropped`)
      t.notMatch(values(fields, 'connection').join(), /drop|not-there/i, 'and not nominated')
      for (const line of kept)
        t.ok(
          fields.some((field) => field.join(': ') === line),
          line,
        )
    }
  })

  await t.test('of a response', async (t) => {
    for (const nomination of nominations) {
      const answer = ok('body', ...dropped, ...nomination, ...kept)
      const { fields } = await answered(t, setup, answer)
      const gone = names.filter((name) => name !== 'Keep-Alive')
      for (const name of gone) t.strictSame(values(fields, name), [], `${name} is dropped`)
      t.not(value(fields, 'keep-alive'), 'timeout=5', 'the target’s Keep-Alive is not the proxy’s')
      t.notMatch(values(fields, 'connection').join(), /drop|not-there/i, 'and not nominated')
      for (const line of kept)
        t.ok(
          fields.some((field) => field.join(': ') === line),
          line,
        )
    }
  })

  await t.test('TE passes only with trailers', async (t) => {
    const rows = [
      { lines: ['TE: trailers'], te: ['trailers'] },
      { lines: ['TE: deflate;q=0.5, trailers'], te: ['trailers'] },
      { lines: ['TE: gzip'], te: [] },
    ]
    for (const { lines, te } of rows) {
      setup.target.answer = echo
      const sent = ['Host: h', 'Connection: TE', ...lines]
      const { fields } = await pass(t, setup, { lines: sent })
      t.strictSame(values(fields, 'te'), te, lines.join())
    }
  })

  await t.test('nominating framing does not change it', async (t) => {
    const lines = ['Host: h', 'Connection: Content-Length, Transfer-Encoding']
    for (const [line, body] of [
      ['Content-Length: 5', 'hello'],
      ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ]) {
      const { request } = await pass(t, setup, { lines: [...lines, line ?? ''], body: body ?? '' })
      t.equal(request.body.toString(), 'hello')
    }
    const { body } = await answered(t, setup, ok('hello', 'Connection: Content-Length'))
    t.equal(body.toString(), 'hello')
  })

  await t.test('a target that closes does not close the client’s connection', async (t) => {
    setup.target.answer = ({ connection }) => {
      connection.send(ok('bye', 'Connection: close')).end()
    }
    const client = await dial(t, setup.proxy.port)
    for (let n = 0; n < 3; n++) {
      const { status, fields } = await client.ask('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
      t.equal(status, 200)
      t.notMatch(value(fields, 'connection') ?? '', /close/i)
    }
    setup.target.take()
  })
})

async function answered(t: Test, setup: Setup, answer: string): Promise<RawResponse> {
  setup.target.answer = answer
  return (await pass(t, setup, { lines: ['Host: h'] })).response
}

test('Other fields keep their order, repeats, case and bytes', async (t) => {
  const setup = await setUp(t)
  const tables: Record<string, Field[]> = {
    'order, repeats and case': [
      ['X-One', '1'],
      ['x-two', '2'],
      ['X-ONE', '3'],
      ['X-Two', '4'],
      ['x-one', '1'],
      ['ETag', 'W/"x"'],
      ['cOnTeNt-TyPe', 'text/plain'],
      ['!#$%&*+-.^_`|~9', 'a token of all sorts'],
    ],
    'what Node would join or drop': [
      ['Accept', 'a'],
      ['Authorization', 'Basic eDp5'],
      ['Cookie', 'a=1'],
      ['User-Agent', 'one'],
      ['Accept', 'b, c'],
      ['Cookie', 'b=2; c=3'],
      ['Content-Type', 'a/b'],
      ['User-Agent', 'two'],
      ['Referer', 'x'],
      ['Referer', 'y'],
      ['Age', '1'],
      ['Age', '2'],
    ],
    'Set-Cookie in order': [
      ['Set-Cookie', 'a=1; Path=/'],
      ['X-Between', ''],
      ['set-cookie', 'b=2, c'],
      ['Set-Cookie', 'a=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    ],
    'bytes, blanks and emptiness': [
      ['X-High', HIGH_BYTES],
      ['X-Utf8', 'r\xc3\xa9sum\xc3\xa9'],
      ['X-Empty', ''],
      ['X-Inner', 'a  b\tc'],
      ['X-Visible', '"(),/:;<=>?@[\\]{}'],
    ],
    'names that mean something to JavaScript': [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
      ['hasOwnProperty', '4'],
    ],
    'two hundred of them': Array.from({ length: 200 }, (_, n) => [`X-${n % 7}`, String(n)]),
  }
  for (const [name, fields] of Object.entries(tables)) {
    await t.test(name, async (t) => {
      const lines = fields.map((field) => field.join(': '))
      setup.target.answer = ok('', ...lines)
      const { fields: seen, response } = await pass(t, setup, { lines: ['Host: h', ...lines] })
      t.strictSame(without(seen, ADDED), fields, 'towards the target')
      t.strictSame(without(response.fields, ADDED_BACK), fields, 'towards the client')
    })
  }

  await t.test('also in a response without a body', async (t) => {
    const lines = ['X-B: 1', 'x-a: 2', 'X-B: 3']
    const rows = [
      ['HTTP/1.1 204 No Content', ...lines],
      ['HTTP/1.1 304 Not Modified', ...lines],
      ['HTTP/1.1 404 Not Found', ...lines, 'Content-Length: 0'],
      ['HTTP/1.1 299 Odd', 'Content-Length: 0', ...lines],
    ]
    for (const [startLine = '', ...sent] of rows) {
      const { fields } = await answered(t, setup, message(startLine, sent))
      const seen = without(fields, ADDED_BACK).map((field) => field.join(': '))
      t.strictSame(seen, lines, startLine)
    }
  })

  await t.test('a Date that the target gave is the only one', async (t) => {
    const date = 'Thu, 01 Jan 1970 00:00:00 GMT'
    const { fields } = await answered(t, setup, ok('', `Date: ${date}`))
    t.strictSame(values(fields, 'date'), [date])
  })
})

test('Via names the proxy both ways', async (t) => {
  const setup = await setUp(t)
  const rows = [
    { lines: [], via: '1.1 pointsman' },
    { lines: ['Via: 1.0 fred'], via: '1.0 fred, 1.1 pointsman' },
    { lines: ['Via: 1.0 fred', 'via: 2 joe (x)'], via: '1.0 fred, 2 joe (x), 1.1 pointsman' },
  ]
  for (const { lines, via } of rows) {
    setup.target.answer = ok('', ...lines)
    const { fields, response } = await pass(t, setup, { lines: ['Host: h', ...lines] })
    t.equal(values(fields, 'via').join(', '), via, 'towards the target')
    t.equal(values(response.fields, 'via').join(', '), via, 'towards the client')
  }
})

import { test, type Test } from 'tap'
import { value, values } from '../support/http-message.js'
import { setUp, type Setup } from '../support/pass.js'
import { dial } from '../support/raw.js'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n'
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: h\r\n\r\n'

interface Row {
  readonly name: string
  /** Everything between the request line and the empty line. */
  readonly head: string
  readonly body?: string
}

function rows(names: readonly string[], row: (name: string) => Omit<Row, 'name'>): Row[] {
  return names.map((name) => ({ name: JSON.stringify(name), ...row(name) }))
}

const twoFramings: readonly Row[] = [
  {
    name: 'CL.TE',
    head: `Content-Length: ${5 + SMUGGLED.length}\r\nTransfer-Encoding: chunked`,
    body: `0\r\n\r\n${SMUGGLED}`,
  },
  {
    name: 'TE.CL',
    head: 'Transfer-Encoding: chunked\r\nContent-Length: 4',
    body: `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  },
  {
    name: 'TE.CL with an empty length',
    head: 'Transfer-Encoding: chunked\r\nContent-Length:',
    body: '0\r\n\r\n',
  },
  { name: 'CL.TE, length 0', head: 'Content-Length: 0\r\nTransfer-Encoding: chunked' },
  { name: 'CL.CL', head: 'Content-Length: 0\r\nContent-Length: 5', body: 'hello' },
  {
    name: 'CL.CL, the longer first',
    head: 'Content-Length: 5\r\ncontent-length: 0',
    body: 'hello',
  },
  { name: 'CL.CL.CL', head: 'Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 6' },
]

const lengths = rows(
  [
    '5, 5',
    '5,6',
    '5,',
    ',5',
    '+5',
    '-1',
    '-0',
    '0x5',
    '5 5',
    '5.0',
    '1e1',
    '5;',
    '"5"',
    'five',
    '',
  ],
  (length) => ({ head: `Content-Length: ${length}`, body: 'hello' }),
).concat(
  rows(['99999999999999999999', '18446744073709551621', '5\x0b', '\xa05', '5_0'], (length) => ({
    head: `Content-Length: ${length}`,
    body: 'hello',
  })),
)

const codings = rows(
  [
    ...[
      'gzip, chunked',
      'chunked, gzip',
      'chunked, chunked',
      'gzip',
      'identity',
      'identity, chunked',
    ],
    ...['xchunked', 'chunkedx', 'chunke', 'chunked;q=1', 'chunked; x=y', ',chunked', ', chunked'],
    ...[
      'chunked,',
      'chunked, ',
      '"chunked"',
      'chunked chunked',
      'x chunked',
      'trailers, chunked',
      '',
    ],
    ...['\x0bchunked', 'chunked\x0c', 'chunked\xa0', 'chunked\x00', '[chunked]', 'chunked\x85'],
  ],
  (coding) => ({ head: `Transfer-Encoding: ${coding}`, body: `0\r\n\r\n${SMUGGLED}` }),
).concat([
  {
    name: 'two fields, chunked twice',
    head: 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    body: '0\r\n\r\n',
  },
  {
    name: 'two fields, identity last',
    head: 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
    body: '0\r\n\r\n',
  },
  {
    name: 'two fields, gzip first',
    head: 'transfer-encoding: gzip\r\nTransfer-Encoding: chunked',
    body: '0\r\n\r\n',
  },
])

const syntax: readonly Row[] = [
  ...['Transfer-Encoding : chunked', 'Transfer-Encoding\t: chunked', 'Content-Length : 5'],
  ...[' Transfer-Encoding: chunked', '\tContent-Length: 5', 'X: y\r\n folded', 'X: y\r\n\tfolded'],
  ...['X: y\r\n Content-Length: 5', 'Transfer-Encoding:\r\n chunked', 'Content-Length:\r\n 5'],
  ...['X: y\r\n \r\nContent-Length: 5', 'X : y', 'X', ': y', 'X y: z', 'X(y): z', 'X\x7f: y'],
  ...['X: y\rContent-Length: 5', 'X: y\r', '\rX: y', 'X\r: y', 'X: y\r\rY: z'],
  ...['X: y\nContent-Length: 5', 'X: y\n', 'X: y\n Z: w', '\nX: y'],
  ...['X: \x00', 'X: a\x00b', 'X\x00: y', '\x00', '\x00X: y', 'Content-Length: 5\x00'],
  ...['Content\xadLength: 5', '\xefX: y', 'Content-Length\x00: 5'],
].map((head) => ({ name: JSON.stringify(head), head, body: 'hello' }))

/** What a request must look like to come back as a 400 that closes, without a trace at the target. */
async function isRefused(t: Test, { proxy, target }: Setup, sent: string) {
  const name = JSON.stringify(sent.slice(0, 90))
  const client = await dial(t, proxy.port)
  const response = await client.ask(sent)
  t.equal(response.status, 400, `${name} is answered 400`)
  t.equal(value(response.fields, 'content-length'), '0', 'with an empty body')
  t.match(values(response.fields, 'proxy-status').join(), /^pointsman; *error=/)
  t.equal(await client.rest(), '', 'and the connection closes')
  const other = await dial(t, proxy.port)
  t.equal((await other.ask(SENTINEL)).status, 200)
  const seen = target.heads.map((head) => head.startLine)
  t.strictSame(seen, ['GET /sentinel HTTP/1.1'], 'and nothing of it reaches the target')
  target.take()
  other.reset()
}

const tables = {
  'A request with two framings is refused': twoFramings,
  'A length that is not digits alone is refused': lengths,
  'A coding other than one chunked is refused': codings,
  'A head with malformed fields is refused': syntax,
}

test('Ambiguous heads', async (t) => {
  const setup = await setUp(t)
  for (const [name, table] of Object.entries(tables)) {
    await t.test(name, async (t) => {
      for (const { head, body = '' } of table) {
        await isRefused(t, setup, `POST / HTTP/1.1\r\nHost: h\r\n${head}\r\n\r\n${body}`)
      }
    })
  }

  await t.test('A malformed request line is refused', async (t) => {
    const lines = [
      ...['GET /', 'GET', 'GET / HTTP/1.1 ', 'GET / HTTP/1.1x', 'GET / http/1.1'],
      ...['GET / HTTP/1.', 'GET / HTTP/11', 'GET / HTTP/1.1.1', 'GET / HTTPS/1.1', 'GET / ICE/1.0'],
      ...['GET\t/ HTTP/1.1', 'GET /\tHTTP/1.1', ' GET / HTTP/1.1', '\x00GET / HTTP/1.1'],
      ...['GET / HTTP/1.1\r', 'GET /\rHTTP/1.1', '{"json": true}', '\x16\x03\x01\x00\xa5\x01'],
    ]
    for (const line of lines) await isRefused(t, setup, `${line}\r\nHost: h\r\n\r\n`)
  })

  await t.test('Lines that end with LF alone are refused', async (t) => {
    const requests = [
      'GET / HTTP/1.1\nHost: h\n\n',
      'GET / HTTP/1.1\nHost: h\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: h\n\r\n',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\n\nhello',
    ]
    for (const request of requests) await isRefused(t, setup, request)
  })

  await t.test('Chunks from a client of HTTP/1.0 are refused', async (t) => {
    const head = 'POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'
    await isRefused(t, setup, `${head}5\r\nhello\r\n0\r\n\r\n`)
  })

  await t.test('A version other than HTTP/1 is refused', async (t) => {
    for (const version of ['HTTP/2.0', 'HTTP/0.9', 'HTTP/9.9', 'HTTP/3.1']) {
      const client = await dial(t, setup.proxy.port)
      const { status, body } = await client.ask(`GET / ${version}\r\nHost: h\r\n\r\n`)
      t.ok(status === 400 || status === 505, `${version} is answered ${status}`)
      t.equal(body.length, 0)
      t.strictSame(setup.target.take(), [])
    }
  })

  await t.test('A bad request after a good one gets its own answer', async (t) => {
    const client = await dial(t, setup.proxy.port)
    t.equal((await client.ask(SENTINEL)).status, 200)
    const bad = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello'
    t.equal((await client.ask(bad)).status, 400)
    t.equal(await client.rest(), '')
    t.equal(setup.target.take().length, 1)
  })
})

const POST_CHUNKED = 'POST /chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'

test('Malformed chunks are never passed on as complete', async (t) => {
  const setup = await setUp(t)
  const { proxy, target } = setup
  const whole = '3\r\nabc\r\n0\r\n\r\n'
  const bodies = [
    ...['g', '0x3', '+3', '-1', '3 3', '3.', '_3', '\xb3', '"3"', '', ' ', '\t3', ' 3'].map(
      (size) => `${size}\r\nabc\r\n0\r\n\r\n`,
    ),
    ...['FFFFFFFFFFFFFFFFF', 'ffffffffffffffff3', '10000000000000003', '-fffffffffffffffd'].map(
      (size) => `${size}\r\nabc\r\n0\r\n\r\n`,
    ),
    '3\r\nabcd\r\n0\r\n\r\n',
    '3\r\nab\r\n0\r\n\r\n',
    '5\r\nabc\r\n0\r\n\r\n',
    '3\r\nabc0\r\n\r\n',
    '3\nabc\r\n0\r\n\r\n',
    '3\rabc\r\n0\r\n\r\n',
    '3\r\nabc\n0\r\n\r\n',
    '3\r\nabc\r0\r\n\r\n',
    '3\r\nabc\r\n0\n\r\n',
    '3\r\nabc\r\n0\r\n\n',
    '3\r\nabc\r\n0\r\n\rX',
    '3;a\nb\r\nabc\r\n0\r\n\r\n',
    '3;a\rb\r\nabc\r\n0\r\n\r\n',
    '3;a=\x00\r\nabc\r\n0\r\n\r\n',
    '3\r\nabc\r\n0\r\nno colon\r\n\r\n',
    '3\r\nabc\r\n0\r\nX : y\r\n\r\n',
    '3\r\nabc\r\n0\r\nX: \x00\r\n\r\n',
    '3\r\nabc\r\n0\r\nX: y\r\n folded\r\n\r\n',
    '3\r\nabc\r\n0\r\nX: y\rZ: w\r\n\r\n',
    '3\r\nabc\r\n0\r\nX: y\nZ: w\r\n\r\n',
  ]
  for (const body of bodies) {
    await t.test(JSON.stringify(body), async (t) => {
      const client = await dial(t, proxy.port)
      client.send(POST_CHUNKED + body + SMUGGLED)
      const come = await client.rest()
      t.ok(come === '' || come.startsWith('HTTP/1.1 400 '), `came: ${come.slice(0, 40)}`)
      const other = await dial(t, proxy.port)
      t.equal((await other.ask(SENTINEL)).status, 200)
      t.strictSame(
        target.take().map((request) => request.target),
        ['/sentinel'],
        'no whole request came of it',
      )
      other.reset()
    })
  }

  // The target takes no extension: one that got through would be answered 599.
  await t.test('those that are well-formed are', async (t) => {
    const good = [
      whole,
      '003\r\nabc\r\n000\r\n\r\n',
      '3;a=b;c="d"\r\nabc\r\n0;e\r\n\r\n',
      '1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\nX: y\r\n\r\n',
    ]
    for (const body of good) {
      const client = await dial(t, proxy.port)
      t.equal((await client.ask(POST_CHUNKED + body)).status, 200, JSON.stringify(body))
      const [request] = target.take()
      t.equal(request?.body.toString(), 'abc')
    }
  })

  await t.test('and an extension without end is bounded', async (t) => {
    const client = await dial(t, proxy.port)
    client.send(`${POST_CHUNKED}3;a=`)
    for (let n = 0; n < 64; n++) client.send('x'.repeat(16_384))
    client.send('\r\nabc\r\n0\r\n\r\n')
    const come = await client.rest()
    t.match(come, /^(?:HTTP\/1\.1 4\d\d |$)/)
    t.strictSame(target.take(), [])
  })
})

test('A client that stops in a body makes the target see an incomplete request', async (t) => {
  const setup = await setUp(t)
  const { proxy, target } = setup
  const sent = {
    'by length': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello',
    'in chunks': `${POST_CHUNKED}5\r\nhello\r\n`,
    'in a chunk': `${POST_CHUNKED}9\r\nhello`,
    'before the end of the trailers': `${POST_CHUNKED}5\r\nhello\r\n0\r\nX: y\r\n`,
  }
  for (const [name, request] of Object.entries(sent)) {
    for (const leave of ['end', 'reset'] as const) {
      await t.test(`${name}, by ${leave}`, async (t) => {
        target.take()
        const client = await dial(t, proxy.port)
        client.send(request)
        const { connection } = await target.until(() => target.heads[0])
        await target.until(() => (connection.received.includes('hello') ? true : undefined))
        client[leave]()
        await target.gone(connection)
        t.strictSame(target.requests, [], 'it never came whole')
      })
    }
  }
})

test('A target sees only framing that the proxy wrote', async (t) => {
  const setup = await setUp(t)
  const { proxy, target } = setup
  const inner = 'GET /inner HTTP/1.1\r\nHost: h\r\n\r\n'
  const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`
  const rows = [
    { head: `Content-Length: ${inner.length}`, body: inner },
    { head: `Content-Length: 000${inner.length}`, body: inner },
    { head: 'Transfer-Encoding: chunked', body: chunk },
    { head: `Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding`, body: chunk },
    { head: `Transfer_Encoding: chunked\r\nContent-Length: ${inner.length}`, body: inner },
    { head: `Content_Length: 0\r\nContent-Length: ${inner.length}`, body: inner },
    { head: `X-Content-Length: 0\r\nTransfer-Encoding: chunked`, body: chunk },
  ]
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
    for (const { head, body } of rows) {
      const client = await dial(t, proxy.port)
      const request = `${method} /outer HTTP/1.1\r\nHost: h\r\n${head}\r\n\r\n${body}`
      t.equal((await client.ask(request)).status, 200, `${method} ${head}`)
      t.equal((await client.ask(SENTINEL)).body.toString(), 'GET /sentinel')
      const seen = target.take()
      t.strictSame(
        seen.map(({ target }) => target),
        ['/outer', '/sentinel'],
      )
      t.equal(seen[0]?.body.toString(), inner)
    }
  }
})

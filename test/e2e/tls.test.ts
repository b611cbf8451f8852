import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { test } from 'tap'
import { selfSigned } from '../support/certificate.js'
import { askOver, openSession, responseTo } from '../support/h2-client.js'
import { value, values } from '../support/http-message.js'
import { setUp } from '../support/pass.js'
import { dial, RawClient } from '../support/raw.js'
import { echo, message, ok } from '../support/recording-target.js'
import { certificateFiles, dialTls, NAME } from '../support/tls-listener.js'

const run = promisify(execFile)
const fingerprint = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256

test('A listener with a certificate', async (t) => {
  const certificate = selfSigned(NAME)
  const files = certificateFiles(t, certificate)
  const { proxy, target } = await setUp(t, files.environment)
  const session = openSession(t, proxy.port, certificate.cert)
  const ask = (headers: Record<string, string | string[]>, body?: string | Buffer) =>
    askOver(session, headers, body)

  await t.test('speaks HTTP/1.1', async (t) => {
    for (const protocols of [[], ['http/1.1']]) {
      const client = new RawClient(await dialTls(t, proxy.port, protocols))
      for (let n = 0; n < 2; n++) {
        const response = await client.ask(`GET /${n} HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`)
        t.equal(response.body.toString(), `GET /${n}`)
      }
      const [request] = target.take()
      t.equal(value(request?.fields ?? [], 'x-forwarded-proto'), 'https')
    }
  })

  await t.test('chooses HTTP/2 when it is offered', async (t) => {
    const socket = await dialTls(t, proxy.port, ['h2', 'http/1.1'])
    t.equal(socket.alpnProtocol, 'h2')
    const there = ['--cacert', files.cert, '--resolve', `${NAME}:${proxy.port}:127.0.0.1`]
    const url = `https://${NAME}:${proxy.port}/x?y`
    for (const [option, version] of [
      ['--http2', '2'],
      ['--http1.1', '1.1'],
    ]) {
      const said = ['-sS', option ?? '', '-w', ' %{http_version} %{http_code}', '-d', 'hi', url]
      const { stdout } = await run('curl', [...there, ...said])
      t.equal(stdout, `POST /x?y ${version} 200`)
      t.equal(target.take()[0]?.body.toString(), 'hi')
    }
  })

  await t.test('forwards requests of HTTP/2 as if they were of HTTP/1.1', async (t) => {
    const headers = { ':path': '/a//b?c=%20?', 'x-one': ['1', '2'], te: 'trailers' }
    const response = await ask(headers)
    t.equal(response.status, 200)
    t.match(response.headers['via'], '1.1 pointsman')
    const [request] = target.take()
    const fields = request?.fields ?? []
    t.equal(request?.target, '/a//b?c=%20?')
    t.strictSame(values(fields, 'host'), [target.address])
    t.strictSame(values(fields, 'x-forwarded-host'), [NAME])
    t.strictSame(values(fields, 'x-forwarded-proto'), ['https'])
    t.strictSame(values(fields, 'x-one').join(', '), '1, 2')
    t.match(values(fields, 'via').join(), /^(?:1\.1|2|2\.0) pointsman$/)
    t.notOk(
      fields.some(([name]) => name.startsWith(':')),
      'no pseudo-field',
    )
  })

  await t.test('joins the crumbs of a cookie', async (t) => {
    await ask({ ':method': 'PROPFIND', ':path': '/', cookie: ['a=1', 'b=2', 'c=3'] })
    t.strictSame(values(target.take()[0]?.fields ?? [], 'cookie'), ['a=1; b=2; c=3'])
  })

  await t.test('passes bodies and trailers both ways', async (t) => {
    const body = Buffer.alloc(1 << 20, 'x')
    const post = { ':method': 'POST', ':path': '/' }
    for (const length of [{}, { 'content-length': String(body.length) }]) {
      t.equal((await ask({ ...post, ...length }, body)).status, 200)
      t.ok(target.take()[0]?.body.equals(body))
    }
    const lines = ['Transfer-Encoding: chunked', 'Trailer: X-Sum']
    target.answer = message('HTTP/1.1 200 OK', lines, '2\r\nhi\r\n0\r\nX-Sum: abc\r\n\r\n')
    const headers = { ':authority': NAME, te: 'trailers', trailer: 'x-sum', ...post }
    const stream = session.request(headers, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'def' }))
    stream.end('hello')
    const response = await responseTo(stream)
    t.equal(response.body.toString(), 'hi')
    t.equal(response.trailers['x-sum'], 'abc')
    t.match(target.take(), [{ trailers: [['x-sum', 'def']] }])
    target.answer = echo
  })

  await t.test('writes responses as HTTP/2 wants them', async (t) => {
    const hop = ['Connection: keep-alive, X-Drop', 'Keep-Alive: timeout=5', 'X-Drop: 1']
    const chunked = ['Transfer-Encoding: chunked', 'Proxy-Connection: x', 'Upgrade: h2c']
    const cookies = ['Set-Cookie: a=1', 'set-cookie: b=2', 'X-High: \xe9']
    const lines = [...hop, ...chunked, ...cookies]
    target.answer = message('HTTP/1.1 200 Fine', lines, '2\r\nhi\r\n0\r\n\r\n')
    const { status, headers, body } = await ask({ ':path': '/' })
    t.equal(status, 200)
    t.equal(body.toString(), 'hi')
    t.strictSame(headers['set-cookie'], ['a=1', 'b=2'])
    const dropped = ['connection', 'keep-alive', 'x-drop', 'transfer-encoding', 'upgrade']
    for (const name of dropped) t.equal(headers[name], undefined, name)

    const bodiless = ['HTTP/1.1 204 No Content', 'HTTP/1.1 304 Not Modified']
    for (const line of bodiless) {
      target.answer = message(line, line.includes('304') ? ['Content-Length: 5'] : [])
      t.equal((await ask({ ':path': '/' })).status, Number(line.slice(9, 12)))
    }
    target.answer = message('HTTP/1.1 200 OK', ['Content-Length: 5'])
    const head = await ask({ ':method': 'HEAD', ':path': '/' })
    t.equal(head.headers['content-length'], '5')
    target.answer = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('hi')}`
    t.strictSame((await ask({ ':path': '/' })).informational, [103])
    target.answer = echo
    target.take()
  })

  await t.test('refuses what it refuses of HTTP/1.1', async (t) => {
    for (const path of ['/../x', '/%2e%2e/x', '/a#b']) {
      const { status, body } = await ask({ ':path': path })
      t.strictSame([status, body.length], [400, 0], path)
    }
    // These are no requests at all: the stream may be reset instead.
    for (const path of ['/a b', '*', 'a', '']) {
      const outcome = ask({ ':path': path }).then(
        ({ status }) => status,
        () => 400,
      )
      t.equal(await outcome, 400, path)
    }
    for (const [method, statuses] of Object.entries({ CONNECT: [405], FOO: [400, 501] })) {
      const path = method === 'CONNECT' ? {} : { ':path': '/' }
      const { status, body } = await ask({ ':method': method, ...path })
      t.ok(statuses.includes(status ?? 0), `${method} is answered ${status}`)
      t.equal(body.length, 0)
    }
    t.strictSame(target.take(), [])
  })

  await t.test('cuts a stream whose target fails, and no other', async (t) => {
    target.answer = ({ connection, target: path }) => {
      const begun = message('HTTP/1.1 200 OK', ['Content-Length: 10'], 'hello')
      if (path === '/cut') connection.send(begun).end()
      else connection.send(ok('whole'))
    }
    const rows = ['/cut', '/whole', '/cut', '/whole'].map((path) => ask({ ':path': path }))
    const outcomes = await Promise.allSettled(rows)
    t.strictSame(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
    target.answer = echo
    target.take()
  })

  await t.test('aborts the target’s request when a stream is cancelled', async (t) => {
    target.answer = () => undefined
    const stream = session.request({ ':authority': NAME, ':path': '/gone' })
    stream.on('error', () => undefined)
    const { connection } = await target.request()
    stream.close(constants.NGHTTP2_CANCEL)
    t.ok(await target.gone(connection))
    target.answer = echo
    t.equal((await ask({ ':path': '/' })).status, 200, 'the session stays usable')
    target.take()
  })

  await t.test('gives each of many streams its own answer', async (t) => {
    const paths = Array.from({ length: 90 }, (_, n) => `/${n}`)
    const responses = await Promise.all(paths.map((path) => ask({ ':path': path })))
    const bodies = responses.map(({ body }) => body.toString())
    t.strictSame(
      bodies,
      paths.map((path) => `GET ${path}`),
    )
    target.take()
  })

  await t.test('survives what is no TLS', async (t) => {
    for (const junk of ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', '\x16\x03\x01\xff\xff', '\x00\xff']) {
      const client = await dial(t, proxy.port)
      client.send(junk).end()
      t.notMatch(await client.rest(), /^HTTP\/1\.1 200/)
    }
    t.equal((await ask({ ':path': '/' })).status, 200)
  })

  await t.test('takes up a certificate that was replaced', async (t) => {
    const before = fingerprint(await dialTls(t, proxy.port))
    const shown = async () => fingerprint(await dialTls(t, proxy.port))
    writeFileSync(files.cert, 'not a certificate')
    await proxy.logged(({ level }) => Number(level) >= 40)
    t.equal(await shown(), before, 'a bad one is reported, and the old one stays')
    files.replace(selfSigned(NAME))
    const deadline = Date.now() + 10_000
    while ((await shown()) === before && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.not(await shown(), before)
    t.equal((await ask({ ':path': '/' })).status, 200, 'open sessions stay')
  })
})

import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { startPointsman, type Pointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { startTarget, type RecordingTarget } from '../support/recording-target.js'

const CONTROL_BYTES = ['\x00', '\x01', '\t', '\x0b', '\x1f', '\x7f']

interface Row {
  readonly sent: string
  /** The path that reaches the target; a number is the status of a request that reaches none. */
  readonly comes: string | number
  readonly host?: string
}

// Each rule's target has a base URI of its own, so that the path that arrives tells which rule matched.
function rules(address: string) {
  return environment([
    { prefix: '/api', targets: `${address}/one` },
    { prefix: '/api/v2', targets: `${address}/two` },
    { prefix: '/api/v2/deep', targets: `${address}/three` },
    { prefix: '/string', targets: `${address}/s`, rule: { PATH_MATCH: 'string' } },
    {
      prefix: '/cut',
      targets: `${address}/c`,
      rule: { PATH_MATCH: 'string', PATH_REWRITE: '/cut' },
    },
    {
      prefix: '/my/listener',
      targets: `${address}/v1`,
      rule: { PATH_REWRITE: '/my/listener' },
    },
    { prefix: '/bare', targets: address, rule: { PATH_REWRITE: '/bare' } },
    { prefix: '/slash', targets: `${address}/`, rule: { PATH_REWRITE: '/slash' } },
    { prefix: '/joined', targets: `${address}/base/`, rule: { PATH_REWRITE: '/joined' } },
    { prefix: '/part/of', targets: `${address}/p`, rule: { PATH_REWRITE: '/part' } },
    { prefix: '/other', targets: `${address}/o`, rule: { PATH_REWRITE: '/elsewhere' } },
    { prefix: '/edge', targets: `${address}/e`, rule: { PATH_REWRITE: '/ed' } },
    { prefix: '/plain', targets: address },
    { prefix: '/folder/', targets: `${address}/f`, rule: { PATH_REWRITE: '/folder/' } },
    { prefix: '/', targets: `${address}/any-a`, rule: { HOST: 'a.example.com' } },
    { prefix: '/', targets: `${address}/wild`, rule: { HOST: '*.example.com' } },
    { prefix: '/api', targets: `${address}/wild-api`, rule: { HOST: '*.example.com' } },
    { prefix: '/', targets: address, rule: { HOST: 'root.test' } },
  ])
}

const served: Record<string, readonly Row[]> = {
  'a prefix matches whole segments, byte for byte': [
    { sent: '/api', comes: '/one/api' },
    { sent: '/api/', comes: '/one/api/' },
    { sent: '/api/x', comes: '/one/api/x' },
    { sent: '/api?x', comes: '/one/api?x' },
    { sent: '/apix', comes: 404 },
    { sent: '/ap', comes: 404 },
    { sent: '/', comes: 404 },
    { sent: '/API/x', comes: 404 },
    { sent: '/%61pi/x', comes: 404 },
    { sent: '/api%2Fx', comes: 404 },
    { sent: '/api;v=1/x', comes: 404 },
    { sent: '//api/x', comes: 404 },
    { sent: '/x/api', comes: 404 },
    { sent: '/x?/api', comes: 404 },
    { sent: '/folder/x', comes: '/f/x' },
    { sent: '/folder', comes: 404 },
    { sent: '/folderx', comes: 404 },
  ],
  'the longest prefix wins': [
    { sent: '/api/v2', comes: '/two/api/v2' },
    { sent: '/api/v2/x', comes: '/two/api/v2/x' },
    { sent: '/api/v2x', comes: '/one/api/v2x' },
    { sent: '/api/v2/deep/x', comes: '/three/api/v2/deep/x' },
    { sent: '/api/v2/deeper', comes: '/two/api/v2/deeper' },
  ],
  'PATH_MATCH=string takes the plain prefix': [
    { sent: '/string', comes: '/s/string' },
    { sent: '/string/x', comes: '/s/string/x' },
    { sent: '/stringent', comes: '/s/stringent' },
    { sent: '/cutting', comes: '/c/ting' },
    { sent: '/cut/x', comes: '/c/x' },
    { sent: '/cut', comes: '/c' },
  ],
  'the rewrite is stripped once, at the start, on a boundary': [
    { sent: '/my/listener/resource', comes: '/v1/resource' },
    { sent: '/my/listener/my/listener/x', comes: '/v1/my/listener/x' },
    { sent: '/my/listener', comes: '/v1' },
    { sent: '/my/listener/', comes: '/v1/' },
    { sent: '/my/listener?x=1', comes: '/v1?x=1' },
    { sent: '/part/of/it', comes: '/p/of/it' },
    { sent: '/other/x', comes: '/o/other/x' },
    { sent: '/edge/x', comes: '/e/edge/x' },
    { sent: '/plain/x', comes: '/plain/x' },
  ],
  'the base URI is joined by exactly one slash': [
    { sent: '/bare', comes: '/' },
    { sent: '/bare/', comes: '/' },
    { sent: '/bare/x', comes: '/x' },
    { sent: '/bare?x', comes: '/?x' },
    { sent: '/slash', comes: '/' },
    { sent: '/slash/x', comes: '/x' },
    { sent: '/slash?x', comes: '/?x' },
    { sent: '/joined/x', comes: '/base/x' },
  ],
  'the query is kept byte for byte': [
    { sent: '/api?', comes: '/one/api?' },
    { sent: '/api??', comes: '/one/api??' },
    { sent: '/api?a?b=/c?', comes: '/one/api?a?b=/c?' },
    { sent: '/api?a=%20&b=%zz&&=+;', comes: '/one/api?a=%20&b=%zz&&=+;' },
    { sent: '/api?../../x/%2e%2e/', comes: '/one/api?../../x/%2e%2e/' },
    { sent: '/api?http://h/p//q', comes: '/one/api?http://h/p//q' },
    { sent: '/my/listener?', comes: '/v1?' },
  ],
  'escapes and sub-delimiters arrive as sent': [
    { sent: '/api/%2F%2f%20%3F%23%25', comes: '/one/api/%2F%2f%20%3F%23%25' },
    { sent: "/api/a;b=1,c!$&'()*+=:@-._~", comes: "/one/api/a;b=1,c!$&'()*+=:@-._~" },
    { sent: '/api/%C3%A9%ff', comes: '/one/api/%C3%A9%ff' },
    { sent: '/my/listener/%2Fx', comes: '/v1/%2Fx' },
    { sent: '/api/%252e%252e/x', comes: '/one/api/%252e%252e/x' },
    { sent: '/api/...', comes: '/one/api/...' },
    { sent: '/api/.hidden/x..', comes: '/one/api/.hidden/x..' },
  ],
  'two slashes stay a path': [
    { sent: '/api//evil.test/x', comes: '/one/api//evil.test/x' },
    { sent: '/bare//evil.test/x', comes: '//evil.test/x' },
    { sent: '/my/listener//x', comes: '/v1//x' },
    { sent: '/my/listener///', comes: '/v1///' },
    { sent: '//evil.test/x', comes: '//evil.test/x', host: 'root.test' },
    { sent: '//', comes: '//', host: 'root.test' },
  ],
  'a path with dot segments is refused, also an escaped one': [
    ...['/..', '/.', '/../x', '/./x', '/x/..', '/x/.', '/x/../y', '//..'],
    ...['/%2e%2e/x', '/%2E%2e/x', '/.%2e/x', '/%2e./x', '/%2e', '/%2E/x', '/x/%2e%2e'],
    ...['/..%2fx', '/x%2f..', '/x%2F..%2Fy', '/%2e%2e%2f', '/x%2f%2e%2e', '/%2f..'],
    ...['/%zz/..', '/%/%2e%2e/x', '/%c3%28/../x', '/%ff/%2e%2e'],
  ].map((rest) => ({ sent: `/api${rest}`, comes: 400 })),
  'a rule with a host beats one without': [
    { sent: '/api/x', comes: '/any-a/api/x', host: 'a.example.com' },
    { sent: '/x', comes: '/any-a/x', host: 'A.Example.COM' },
    { sent: '/x', comes: '/any-a/x', host: 'a.example.com:8080' },
    { sent: '/x', comes: '/wild/x', host: 'b.example.com' },
    { sent: '/api/v2/x', comes: '/wild-api/api/v2/x', host: 'b.example.com:80' },
    { sent: '/x', comes: 404, host: 'example.com' },
    { sent: '/x', comes: 404, host: 'example.com.evil.test' },
    { sent: '/x', comes: 404, host: 'badexample.com' },
    { sent: '/api/x', comes: '/one/api/x', host: 'example.com' },
  ],
  'a target in absolute-form is routed by its path and its host': [
    { sent: 'http://h.test/api/x?y', comes: '/one/api/x?y' },
    { sent: 'HTTP://H.TEST:81/api', comes: '/one/api' },
    { sent: 'http://a.example.com/api/x', comes: '/any-a/api/x', host: 'root.test' },
    { sent: 'http://root.test', comes: '/', host: 'h.test' },
    { sent: 'http://root.test?x', comes: '/?x', host: 'h.test' },
    { sent: 'http://h.test/api', comes: '/one/api', host: 'a.example.com' },
    { sent: 'http://h.test/api/../x', comes: 400 },
    { sent: 'http://h.test/nothing', comes: 404 },
  ],
  'a target with a byte that no URI has is refused': [
    { sent: '/api/a b', comes: 400 },
    { sent: '/api?a b', comes: 400 },
    { sent: '/api#x', comes: 400 },
    { sent: '/api?x#y', comes: 400 },
    { sent: 'http://h.test/api#x', comes: 400 },
    { sent: '/api/\xe9', comes: 400 },
    { sent: '/api/\xc3\xa9', comes: 400 },
    { sent: '/api?\xff', comes: 400 },
    ...CONTROL_BYTES.map((byte) => ({ sent: `/api/a${byte}b`, comes: 400 })),
    ...CONTROL_BYTES.map((byte) => ({ sent: `/api?a${byte}b`, comes: 400 })),
  ],
  'a target that is no path is refused': [
    { sent: 'api', comes: 400 },
    { sent: '*', comes: 400 },
    { sent: '?x', comes: 400 },
    { sent: 'h.test:80', comes: 400 },
    { sent: 'ftp://h.test/api', comes: 400 },
  ],
}

async function check(t: Test, setup: { proxy: Pointsman; target: RecordingTarget }, row: Row) {
  const { proxy, target } = setup
  const { sent, comes, host = 'h.test' } = row
  const client = await dial(t, proxy.port)
  const response = await client.ask(`GET ${sent} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const name = `${JSON.stringify(sent)} at ${host}`
  const arrived = target.take().map((request) => request.target)
  if (typeof comes === 'string') {
    t.equal(response.status, 200, `${name} is served`)
    t.strictSame(arrived, [comes], `${name} arrives as ${comes}`)
  } else {
    t.equal(response.status, comes, `${name} is answered ${comes}`)
    t.strictSame(arrived, [], `${name} reaches no target`)
    t.equal(response.body.length, 0, 'the body is empty')
  }
  client.end()
}

test('Requests are matched and rewritten', async (t) => {
  const target = await startTarget(t)
  const proxy = await startPointsman(t, rules(target.address))
  for (const [name, rows] of Object.entries(served)) {
    await t.test(name, async (t) => {
      for (const row of rows) await check(t, { proxy, target }, row)
    })
  }

  await t.test('a broken escape does no harm', async (t) => {
    for (const path of ['/api/%', '/api/%2', '/api/%zz', '/api/%%32']) {
      const client = await dial(t, proxy.port)
      const { status } = await client.ask(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
      const arrived = target.take().map((request) => request.target)
      t.strictSame([status, arrived], status === 400 ? [400, []] : [200, [`/one${path}`]], path)
    }
  })

  await t.test('OPTIONS * is answered by the proxy', async (t) => {
    const client = await dial(t, proxy.port)
    const { status } = await client.ask('OPTIONS * HTTP/1.1\r\nHost: root.test\r\n\r\n')
    t.ok(status === 200 || status === 204, `answered ${status}`)
    t.equal((await client.ask('OPTIONS /api HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
    t.strictSame(
      target.take().map((request) => request.startLine),
      ['OPTIONS /one/api HTTP/1.1'],
    )
  })

  await t.test('CONNECT is refused', async (t) => {
    for (const where of ['h.test:443', '/api', `127.0.0.1:${target.port}`]) {
      const client = await dial(t, proxy.port)
      const { status, body } = await client.ask(`CONNECT ${where} HTTP/1.1\r\nHost: h\r\n\r\n`)
      t.ok([400, 403, 405, 501].includes(status), `${where} is answered ${status}`)
      t.equal(body.length, 0)
      t.strictSame(target.take(), [])
    }
  })
})

test('The order of the rules means nothing', async (t) => {
  const target = await startTarget(t)
  const prefixes = ['/a/b', '/', '/a/b/c', '/a']
  const proxy = await startPointsman(
    t,
    environment(
      prefixes.map((prefix, n) => ({
        prefix,
        targets: `${target.address}/rule-${n}`,
        rule: { PATH_REWRITE: prefix },
      })),
    ),
  )
  const rows = [
    { sent: '/a/b/c/d', comes: '/rule-2/d' },
    { sent: '/a/b/cd', comes: '/rule-0/cd' },
    { sent: '/a/bc', comes: '/rule-3/bc' },
    { sent: '/ab', comes: '/rule-1/ab' },
    { sent: '/', comes: '/rule-1' },
  ]
  for (const row of rows) await check(t, { proxy, target }, row)
})

test('Requests take turns over the targets', async (t) => {
  const targets = [await startTarget(t), await startTarget(t), await startTarget(t)]
  const addresses = targets.map((target) => target.address).join(' , ')
  const proxy = await startPointsman(t, environment([{ prefix: '/', targets: addresses }]))
  for (let n = 0; n < 6; n++) {
    const client = await dial(t, proxy.port)
    t.equal((await client.ask('GET / HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
  }
  t.strictSame(
    targets.map((target) => target.requests.length),
    [2, 2, 2],
  )
})

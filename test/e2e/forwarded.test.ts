import { test, type Test } from 'tap'
import { value, values } from '../support/http-message.js'
import { pass, setUp } from '../support/pass.js'

const SPOOFED = [
  'X-Forwarded-For: 203.0.113.7',
  'x-forwarded-for: 203.0.113.8, 203.0.113.9',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: front.test',
  'X-Forwarded-Port: 443',
]

test('Forwarded fields tell the target who asked', async (t) => {
  const TRUSTED = '127.0.0.9'
  const setup = await setUp(t, { TRUST_PROXY: `10.0.0.0/8, ${TRUSTED}/32` })
  const port = String(setup.proxy.port)
  const own = { for: '127.0.0.1', proto: 'http', host: 'h', port }

  async function told(t: Test, lines: readonly string[], from?: string) {
    const sent = from === undefined ? { lines } : { lines, from }
    const { fields } = await pass(t, setup, sent)
    const list = values(fields, 'x-forwarded-for')
    const one = (name: string) => value(fields, `x-forwarded-${name}`)
    const all = { for: list.join(', '), proto: one('proto'), host: one('host'), port: one('port') }
    return { all, fields }
  }

  await t.test('of a plain request', async (t) => {
    t.strictSame((await told(t, ['Host: h'])).all, own)
    const other = await told(t, ['Host: h'], '127.0.0.5')
    t.strictSame(other.all, { ...own, for: '127.0.0.5' })
  })

  await t.test('those of a stranger are replaced', async (t) => {
    const lines = ['Host: h', ...SPOOFED, 'Forwarded: for=203.0.113.7']
    const { all, fields } = await told(t, lines)
    t.strictSame(all, own)
    t.strictSame(values(fields, 'forwarded'), [], 'the other form does not slip through')
  })

  await t.test('those of a trusted proxy are extended', async (t) => {
    t.strictSame((await told(t, ['Host: h', ...SPOOFED], TRUSTED)).all, {
      for: `203.0.113.7, 203.0.113.8, 203.0.113.9, ${TRUSTED}`,
      proto: 'https',
      host: 'front.test',
      port: '443',
    })
    t.strictSame((await told(t, ['Host: h'], TRUSTED)).all, { ...own, for: TRUSTED })
  })

  await t.test('nominating them removes only what the client sent', async (t) => {
    const names = ['for', 'host', 'proto', 'port'].map((name) => `X-Forwarded-${name}`)
    const lines = ['Host: h', ...SPOOFED, `Connection: ${names.join(', ')}, Via`]
    t.strictSame((await told(t, lines)).all, own)
    const { all, fields } = await told(t, lines, TRUSTED)
    t.strictSame(all, { ...own, for: TRUSTED })
    t.strictSame(values(fields, 'via'), ['1.1 pointsman'])
  })
})

test('A client that comes over an IPv6 socket is known by its IPv4 address', async (t) => {
  const setup = await setUp(t, { LISTENER_HOST: '::', TRUST_PROXY: '127.0.0.9' })
  const rows = [
    { from: '127.0.0.5', list: '127.0.0.5' },
    { from: '127.0.0.9', list: '203.0.113.7, 127.0.0.9' },
  ]
  for (const { from, list } of rows) {
    const lines = ['Host: h', 'X-Forwarded-For: 203.0.113.7']
    const { fields } = await pass(t, setup, { lines, from })
    t.equal(value(fields, 'x-forwarded-for'), list)
  }
})

test('FORWARDED=true writes RFC 7239 instead', async (t) => {
  const setup = await setUp(t, { FORWARDED: 'true', TRUST_PROXY: '127.0.0.9' })
  const told = async (from: string, ...lines: string[]) => {
    const { fields } = await pass(t, setup, { lines, from })
    t.strictSame(
      fields.filter(([name]) => /^x-forwarded-/i.test(name)),
      [],
      'no X-Forwarded-*',
    )
    const elements = values(fields, 'forwarded').join(', ').split(/, */)
    return elements.map((element) => element.match(/\w+=(?:"[^"]*"|[^;]*)/g)?.sort())
  }
  const own = (client: string, host = 'h') => [`for=${client}`, `host=${host}`, 'proto=http']

  t.strictSame(await told('127.0.0.1', 'Host: h'), [own('127.0.0.1')])
  for (const host of ['h:81', 'a;proto=https', '[::1]']) {
    t.strictSame(await told('127.0.0.1', `Host: ${host}`), [own('127.0.0.1', `"${host}"`)])
  }
  t.strictSame(
    await told('127.0.0.1', 'Host: h', ...SPOOFED, 'Forwarded: for=203.0.113.7'),
    [own('127.0.0.1')],
    'a stranger is not believed',
  )
  t.strictSame(
    await told(
      '127.0.0.9',
      'Host: h',
      'Forwarded: for=203.0.113.7;proto=https',
      'Forwarded: for=x',
    ),
    [['for=203.0.113.7', 'proto=https'], ['for=x'], own('127.0.0.9')],
    'a trusted proxy is, and its list extended',
  )
})

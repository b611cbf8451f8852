import { test, type Test } from 'tap'
import { dial } from '../support/raw.js'
import { StrictTarget, type Asker, type Seen } from '../support/strict-target.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A target that has got `text` by one connection, which then ended; and what it made of it. */
async function after(t: Test, text: (target: StrictTarget) => string) {
  const target = await StrictTarget.start()
  t.teardown(() => target.close())
  const seen: Seen[] = []
  const problems: string[] = []
  const answer = () => ({ text: OK, isEarly: false, continues: false, closes: false })
  const asker: Asker = { seen, problems, answer }
  target.askers.set('127.0.0.9', asker)
  const client = await dial(t, target.port)
  client.send(text(target)).end()
  const got = await client.rest()
  return { got, seen, problems: [...problems, ...target.problems] }
}

const fieldsOf = ({ address }: StrictTarget, from = '127.0.0.9'): string =>
  `Host: ${address}\r\nX-Forwarded-For: ${from}\r\nVia: 1.1 pointsman\r\n`

test('a strict target answers whole requests, and knows whose they are', async (t) => {
  const get = (target: StrictTarget) => `GET /a HTTP/1.1\r\n${fieldsOf(target)}\r\n`
  const { got, seen, problems } = await after(t, (target) => get(target) + get(target))
  t.equal(got, OK + OK)
  t.strictSame(
    seen.map(({ number, target }) => [number, target]),
    [
      [1, '/a'],
      [2, '/a'],
    ],
  )
  t.strictSame(problems, [])
})

const WRONG: Readonly<Record<string, (target: StrictTarget) => string>> = {
  'another Host': (target) =>
    `GET / HTTP/1.1\r\n${fieldsOf(target).replace('Host: ', 'Host: x')}\r\n`,
  'two Hosts': (target) => `GET / HTTP/1.1\r\n${fieldsOf(target)}Host: ${target.address}\r\n\r\n`,
  'no Via': (target) => `GET / HTTP/1.1\r\n${fieldsOf(target).replace('Via', 'Viae')}\r\n`,
  'another version': (target) => `GET / HTTP/1.0\r\n${fieldsOf(target)}\r\n`,
  'an absolute target': (target) => `GET http://h/ HTTP/1.1\r\n${fieldsOf(target)}\r\n`,
  'nobody’s address': (target) => `GET / HTTP/1.1\r\n${fieldsOf(target, '127.0.0.8')}\r\n`,
  'a second request inside': (target) =>
    `GET / HTTP/1.1\r\n${fieldsOf(target)}\r\nGET /inner HTTP/1.1\r\nHost: h\r\n\r\n`,
  'bytes that are no request': (target) => `GET / HTTP/1.1\r\n${fieldsOf(target)}\r\nx`,
  'a framing that is none': (target) =>
    `GET / HTTP/1.1\r\n${fieldsOf(target)}Content-Length: +1\r\n\r\nx`,
}

test('a strict target tells of what no proxy should send', async (t) => {
  for (const [name, text] of Object.entries(WRONG)) {
    t.equal((await after(t, text)).problems.length > 0, true, name)
  }
})

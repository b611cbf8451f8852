import { test } from 'tap'
import { environment } from '../support/environment.js'
import { freePort, startPointsman, type LogLine } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { message, startTarget } from '../support/recording-target.js'

test('ACCESS_LOG chooses the requests that are logged', async (t) => {
  const target = await startTarget(t)
  const dead = `127.0.0.1:${await freePort()}`
  const rules = [
    { prefix: '/live', targets: target.address },
    { prefix: '/dead', targets: dead },
  ]
  target.answer = ({ target: path, connection }) => {
    const status = /\/live\/(\w+)/.exec(path)?.[1] ?? ''
    if (status !== 'never') connection.send(message(`HTTP/1.1 ${status} X`, ['Content-Length: 0']))
  }
  const asked = ['/live/200', '/live/404', '/live/500', '/none', '/dead', '/live/never']
  const told = {
    off: [],
    errors: [
      ['/live/500', 500],
      ['/dead', 502],
      ['/live/never', 499],
    ],
    all: [
      ['/live/200', 200],
      ['/live/404', 404],
      ['/live/500', 500],
      ['/none', 404],
      ['/dead', 502],
      ['/live/never', 499],
    ],
  }
  for (const [mode, expected] of Object.entries(told)) {
    await t.test(mode, async (t) => {
      const proxy = await startPointsman(t, environment(rules, { ACCESS_LOG: mode }))
      for (const path of asked) {
        const client = await dial(t, proxy.port)
        client.send(`GET ${path}?secret=1 HTTP/1.1\r\nHost: h\r\n\r\n`)
        if (path === '/live/never') {
          const { connection } = await target.until(() =>
            target.requests.find((request) => request.target.startsWith(path)),
          )
          client.reset()
          await target.gone(connection)
          target.take()
        } else await client.response()
      }
      t.equal(await proxy.stop(), 0)
      const lines = proxy.logs.filter((line) => line['msg'] === 'access')
      const seen = lines.map((line) => [line['path'], line['status']])
      t.strictSame(seen, expected)
    })
  }
})

test('Each transition is one line of JSON', async (t) => {
  const target = await startTarget(t)
  const rules = [
    { prefix: '/', targets: target.address },
    { prefix: '/empty', targets: '' },
    { prefix: '/unknown', targets: 'not-there.invalid:80' },
  ]
  const proxy = await startPointsman(t, environment(rules))
  await proxy.logged((line) => JSON.stringify(line).includes('not-there.invalid'))
  const count = (matches: (line: LogLine) => boolean) => proxy.logs.filter(matches).length
  const mentions = (text: string) => count((line) => JSON.stringify(line).includes(text))
  t.equal(
    count(({ msg }) => msg === 'serving'),
    1,
    'that it serves',
  )
  t.equal(mentions('TARGET_GROUP_2_TARGETS'), 1, 'that a group is empty')
  t.equal(mentions('not-there.invalid'), 1, 'that a name does not resolve')
  const before = proxy.logs.length
  t.equal(await proxy.stop(), 0)
  t.ok(proxy.logs.length > before, 'that it stops')
  for (const line of proxy.logs) {
    t.type(line['level'], 'number')
    t.type(line['msg'], 'string')
    t.ok(line['time'], 'every line has a level, a time and a message')
  }
})

import { getEventListeners } from 'node:events'
import { connect } from 'node:net'
import { test, type Test } from 'tap'
import { openRedis, type RedisServer } from '../../../src/clients/redis/open-redis.js'
import { RedisConnection } from '../../../src/clients/redis/redis-connection.js'
import { role } from '../../../src/clients/redis/role.js'
import { PointsmanError } from '../../../src/core/errors.js'
import { patience, startRawTarget, unusedPort } from '../../support/checker-conformance.js'
import type { RawTarget, Script } from '../../support/raw-target.js'
import { redisScript } from '../../support/redis-script.js'

interface Conversation {
  readonly connection: RedisConnection
  readonly server: RawTarget
}

async function converse(t: Test, script: Script): Promise<Conversation> {
  const server = await startRawTarget(t, script)
  const connection = new RedisConnection(connect(server.port, '127.0.0.1'))
  t.teardown(() => connection.close())
  return { connection, server }
}

function serverAt(port: number, changes: Partial<RedisServer> = {}): RedisServer {
  const nobody = { username: undefined, password: undefined }
  return { host: '127.0.0.1', port, tls: undefined, ...nobody, ...changes }
}

test('commands are answered in turn, whatever is in them', async (t) => {
  const { connection } = await converse(
    t,
    redisScript(([, text = '']) =>
      `$${Buffer.byteLength(text, 'utf8')}\r\n`.concat(latin1(text), '\r\n'),
    ),
  )
  const texts = ['a', '', 'b\r\n*1\r\n', 'é']
  t.same(await Promise.all(texts.map((text) => connection.command('ECHO', text))), texts)
})

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

test('a refusal fails its command, and no other', async (t) => {
  const { connection } = await converse(
    t,
    redisScript(([name]) => (name === 'PING' ? '+PONG\r\n' : '-NOPERM no\u0007 way\r\n')),
  )
  const [refused, answered] = await Promise.allSettled([
    connection.command('GET', 'a'),
    connection.command('PING'),
  ])
  t.match(refused, {
    reason: { code: 'RESPONSE_UNEXPECTED', message: 'privilege missing: NOPERM no  way' },
  })
  t.match(answered, { value: 'PONG' })
})

test('messages of channels go to the listener, between answers too', async (t) => {
  const confirmations =
    '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n'
  const { connection } = await converse(
    t,
    redisScript(([name]) =>
      name === 'SUBSCRIBE'
        ? confirmations
        : '*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n2\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n',
    ),
  )
  const messages: unknown[] = []
  connection.onPush((message) => messages.push(message))
  t.same(await connection.command('SUBSCRIBE', 'a', 'b'), ['subscribe', 'b', 2])
  t.same(await connection.command('PING'), ['pong', ''])
  t.same(messages, [
    ['message', 'a', '1'],
    ['message', 'b', '2'],
  ])
})

interface Failure {
  readonly code: string
  readonly message: string
}

const ENDS: readonly (readonly [what: string, script: Script, expected: Failure])[] = [
  ['leaves', (peer) => peer.end(), { code: 'TARGET_CLOSED', message: 'connection closed early' }],
  ['resets', (peer) => peer.reset(), { code: 'TARGET_CLOSED', message: 'connection closed early' }],
  [
    'speaks something else',
    (peer) => peer.send('SSH-2.0\r\n'),
    { code: 'RESPONSE_MALFORMED', message: 'answer is malformed (not Redis)' },
  ],
  [
    'answers what nobody asked',
    (peer) => peer.send('+PONG\r\n+PONG\r\n+PONG\r\n'),
    { code: 'RESPONSE_MALFORMED', message: 'answer is malformed (to nothing)' },
  ],
]

for (const [what, script, expected] of ENDS)
  test(`a server that ${what} ends every command, those to come too`, async (t) => {
    const { connection, server } = await converse(t, script)
    await Promise.allSettled([connection.command('PING'), connection.command('PING')])
    t.match(await connection.closed, expected)
    await t.rejects(connection.command('PING'), expected)
    await server.deserted()
  })

test('a refusal that nobody asked for ends the connection, and is told', async (t) => {
  const { connection } = await converse(t, (peer) =>
    peer.send('-ERR max number of clients reached\r\n'),
  )
  t.match(await connection.closed, {
    message: 'too many connections: ERR max number of clients reached',
  })
})

test('closing fails what waits, and leaves the server', async (t) => {
  const { connection, server } = await converse(t, () => {})
  const asked = connection.command('PING')
  await server.connection(1)
  connection.close()
  await t.rejects(asked, { code: 'TARGET_CLOSED', message: 'connection closed' })
  await server.deserted()
})

test('who has a password logs in before anything else', async (t) => {
  const said: (readonly string[])[] = []
  const script = redisScript((command) => {
    said.push(command)
    return '+OK\r\n'
  })
  const { port } = await startRawTarget(t, script)
  for (const login of [{}, { password: 'a b' }, { username: 'u', password: 'p' }]) {
    const connection = await openRedis(serverAt(port, login), patience())
    await connection.command('PING')
    connection.close()
  }
  t.same(said, [['PING'], ['AUTH', 'a b'], ['PING'], ['AUTH', 'u', 'p'], ['PING']])
})

test('opening fails with the reason, and leaves nothing open', async (t) => {
  const signal = patience()
  await t.rejects(openRedis(serverAt(await unusedPort()), signal), { code: 'CONNECT_REFUSED' })
  const server = await startRawTarget(
    t,
    redisScript(() => '-WRONGPASS no\r\n'),
  )
  await t.rejects(openRedis(serverAt(server.port, { password: 'x' }), signal), {
    message: 'login refused: WRONGPASS no',
  })
  const tls = { verify: true }
  await t.rejects(openRedis(serverAt(server.port, { tls }), AbortSignal.timeout(5000)))
  await server.deserted()
  t.same(getEventListeners(signal, 'abort'), [])
})

test('opening is given up when the signal aborts, with its reason', async (t) => {
  const server = await startRawTarget(t, () => {})
  const reason = new PointsmanError('RESPONSE_TIMEOUT', 'too late')
  const deadline = new AbortController()
  const opening = openRedis(serverAt(server.port, { password: 'x' }), deadline.signal)
  await server.connection(1)
  deadline.abort(reason)
  t.equal(await opening.catch((error: unknown) => error), reason)
  await t.rejects(openRedis(serverAt(server.port), deadline.signal), reason)
  await server.deserted()
  t.equal(server.connections.length, 1)
})

const ROLES: readonly (readonly [bytes: string, expected: object])[] = [
  ['*3\r\n+master\r\n:1\r\n*0\r\n', { role: 'master' }],
  ['*2\r\n+sentinel\r\n*0\r\n', { role: 'sentinel' }],
  [
    '*5\r\n+slave\r\n+192.0.2.1\r\n:6379\r\n+connect\r\n:-1\r\n',
    { role: 'slave', masterHost: '192.0.2.1', masterPort: 6379, link: 'connect' },
  ],
]

for (const [bytes, expected] of ROLES)
  test(`${JSON.stringify(bytes)} says a role`, async (t) => {
    const { connection } = await converse(
      t,
      redisScript(() => bytes),
    )
    t.same(await role(connection), expected)
  })

for (const bytes of [
  '+master\r\n',
  '*0\r\n',
  '*1\r\n+king\r\n',
  '*2\r\n+slave\r\n+a\r\n',
  '$-1\r\n',
])
  test(`${JSON.stringify(bytes)} says no role`, async (t) => {
    const { connection } = await converse(
      t,
      redisScript(() => bytes),
    )
    await t.rejects(role(connection), { code: 'RESPONSE_UNEXPECTED', message: /role/ })
  })

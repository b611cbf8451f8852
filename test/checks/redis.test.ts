import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { RedisChecker } from '../../src/checks/redis.js'
import { createChecker } from '../../src/checks/registry.js'
import type { RedisCheckSettings } from '../../src/checks/settings.js'
import { openRedis } from '../../src/clients/redis/open-redis.js'
import type { RedisConnection } from '../../src/clients/redis/redis-connection.js'
import { PointsmanError } from '../../src/core/errors.js'
import { selfSigned } from '../support/certificate.js'
import {
  checkerConformance,
  localTarget,
  startRawTarget,
  unusedPort,
} from '../support/checker-conformance.js'
import type { Script } from '../support/raw-target.js'
import { eventually } from '../support/eventually.js'
import { redisScript } from '../support/redis-script.js'
import { startRedis } from '../support/redis-server.js'

type Changes = Partial<RedisCheckSettings>

const NOBODY = { username: undefined, password: undefined }
const DEADLINE_MS = 10_000

function settingsWith(changes: Changes): RedisCheckSettings {
  const times = { intervalMs: 5000, timeoutMs: 2000 }
  const rest = { port: undefined, login: NOBODY, role: 'any', tls: undefined } as const
  return { kind: 'redis', ...times, ...rest, ...changes }
}

/** What one check ends with: undefined when it passes. */
async function verdict(
  port: number,
  changes: Changes = {},
  signal = AbortSignal.timeout(DEADLINE_MS),
): Promise<PointsmanError | undefined> {
  try {
    await new RedisChecker(settingsWith(changes)).check(localTarget(port), signal)
    return undefined
  } catch (error) {
    if (error instanceof PointsmanError) return error
    throw error
  }
}

const MASTER = '*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n'
const REPLICA = '*5\r\n$5\r\nslave\r\n$9\r\n192.0.2.1\r\n:6379\r\n$9\r\nconnected\r\n:1\r\n'
const SENTINEL = '*2\r\n$8\r\nsentinel\r\n*1\r\n$8\r\nmymaster\r\n'

/** A server that is well, but for what it answers to a command. */
function server(answers: Readonly<Record<string, string>> = {}): Script {
  const all: Readonly<Record<string, string>> = { PING: '+PONG\r\n', ROLE: MASTER, ...answers }
  return redisScript(([name = '']) => all[name] ?? '-ERR unknown command\r\n')
}

test('a redis checker is a checker', (t) => {
  checkerConformance(t, () => createChecker(settingsWith({ role: 'master' })), server())
  t.end()
})

const REFUSALS: readonly (readonly [refusal: string, words: string])[] = [
  ['NOAUTH Authentication required.', 'login required'],
  ['LOADING Redis is loading the dataset in memory', 'loading its data'],
  [
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'no link to its master',
  ],
  ['MISCONF Redis is configured to save RDB snapshots', 'cannot save its data'],
  ['DENIED Redis is running in protected mode', 'protected mode'],
  ['BUSY Redis is busy running a script.', 'busy'],
  ['ERR something new', 'refused'],
]

for (const [refusal, words] of REFUSALS)
  test(`a server that says "${refusal}" is not well`, async (t) => {
    const { port } = await startRawTarget(t, server({ PING: `-${refusal}\r\n` }))
    t.match(await verdict(port), { code: 'RESPONSE_UNEXPECTED', message: `${words}: ${refusal}` })
  })

const ANSWERS: readonly (readonly [
  what: string,
  answers: Readonly<Record<string, string>>,
  code: string,
  message: string,
])[] = [
  [
    'a sentinel',
    { ROLE: SENTINEL },
    'RESPONSE_UNEXPECTED',
    'is a Redis Sentinel, not a Redis server',
  ],
  ['an echo', { PING: '+PING\r\n' }, 'RESPONSE_UNEXPECTED', 'answer to PING is not PONG'],
  [
    'a server of no role',
    { ROLE: '*0\r\n' },
    'RESPONSE_UNEXPECTED',
    'answer does not say its role',
  ],
  ['a replica', { ROLE: REPLICA }, 'ROLE_MISMATCH', 'role is replica, expected master'],
  [
    'a web server',
    { PING: 'HTTP/1.1 400\r\n' },
    'RESPONSE_MALFORMED',
    'answer is malformed (not Redis)',
  ],
]

for (const [what, answers, code, message] of ANSWERS)
  test(`${what} is no master`, async (t) => {
    const { port } = await startRawTarget(t, server(answers))
    t.match(await verdict(port, { role: 'master' }), { code, message })
  })

function withPassword(password: string | undefined, username?: string): Changes {
  return { login: { username, password } }
}

test('logins at a Redis server are judged', async (t) => {
  const redis = await startRedis(t, '--requirepass', 'p@ss')
  await redis.says('--pass', 'p@ss', 'ACL', 'SETUSER', 'checker', 'on', '>secret', '+ping', '+role')
  await redis.says('--pass', 'p@ss', 'ACL', 'SETUSER', 'poor', 'on', '>secret', '+ping')
  const { port } = redis
  t.equal(await verdict(port, withPassword('p@ss')), undefined)
  t.equal(await verdict(port, withPassword('secret', 'checker')), undefined)
  const refused: readonly (readonly [Changes, RegExp])[] = [
    [{}, /^login required: NOAUTH /],
    [withPassword('x'), /^login refused: WRONGPASS /],
    [withPassword('p@ss', 'checker'), /^login refused: WRONGPASS /],
    [withPassword('secret', 'nobody'), /^login refused: WRONGPASS /],
    [withPassword('secret', 'poor'), /^privilege missing: NOPERM .*role/],
  ]
  for (const [changes, message] of refused)
    t.match(await verdict(port, changes), { code: 'RESPONSE_UNEXPECTED', message })
})

test('a password that a Redis server does not ask for is told of', async (t) => {
  const { port } = await startRedis(t)
  t.match(await verdict(port, withPassword('x')), {
    code: 'RESPONSE_UNEXPECTED',
    message: /^login refused: ERR AUTH <password> called without any password configured/,
  })
})

test('a server that has no connection left says so', async (t) => {
  const redis = await startRedis(t)
  await redis.says('CONFIG', 'SET', 'maxclients', '1')
  const held = await holdConnection(t, redis.port)
  t.match(await verdict(redis.port), {
    message: /^too many connections: ERR max number of clients/,
  })
  held.close()
})

async function holdConnection(t: Test, port: number): Promise<RedisConnection> {
  const at = { host: '127.0.0.1', port, tls: undefined, ...NOBODY }
  const connection = await openRedis(at, AbortSignal.timeout(DEADLINE_MS))
  t.teardown(() => connection.close())
  await connection.command('PING')
  return connection
}

test('a master and a replica are told apart, and follow a promotion', async (t) => {
  const master = await startRedis(t)
  const replica = await startRedis(t, '--replicaof', '127.0.0.1', String(master.port))
  t.equal(await verdict(master.port, { role: 'master' }), undefined)
  t.equal(await verdict(replica.port, { role: 'replica' }), undefined)
  t.equal(await verdict(replica.port), undefined)
  const mismatch = { code: 'ROLE_MISMATCH' }
  t.match(await verdict(replica.port, { role: 'master' }), mismatch)
  t.match(await verdict(master.port, { role: 'replica' }), mismatch)
  await replica.says('REPLICAOF', 'NO', 'ONE')
  t.equal(await verdict(replica.port, { role: 'master' }), undefined)
})

test('a replica that keeps its stale data to itself fails without its master', async (t) => {
  const gone = String(await unusedPort())
  const { port } = await startRedis(
    t,
    '--replica-serve-stale-data',
    'no',
    '--replicaof',
    '127.0.0.1',
    gone,
  )
  t.match(await verdict(port), { message: /^no link to its master: MASTERDOWN / })
})

test('a server that is stopped is given up at the deadline, and well again after', async (t) => {
  const redis = await startRedis(t)
  redis.hang()
  const reason = new PointsmanError('RESPONSE_TIMEOUT', 'no answer within 200 ms')
  const deadline = new AbortController()
  setTimeout(() => deadline.abort(reason), 200)
  t.equal(await verdict(redis.port, {}, deadline.signal), reason)
  redis.wakeUp()
  t.equal(await verdict(redis.port), undefined)
  await redis.kill()
  t.match(await verdict(redis.port), { code: 'CONNECT_REFUSED' })
})

test('hundreds of checks leave no connection behind', async (t) => {
  const redis = await startRedis(t)
  const kinds: readonly Changes[] = [{}, { role: 'replica' }, withPassword('x')]
  for (let round = 0; round < 100; round++)
    await Promise.all(kinds.map((changes) => verdict(redis.port, changes)))
  const alone = async (): Promise<boolean> =>
    /^[^\n]+\n*$/.test((await redis.says('CLIENT', 'LIST')).join('\n'))
  await eventually('nobody is connected but who asks for that', alone)
  t.match((await redis.says('INFO', 'stats')).join('\n'), /total_connections_received:3\d\d/)
})

test('a server is asked under TLS, and its certificate looked at', async (t) => {
  const { cert, key } = selfSigned('redis.test')
  const folder = t.testdir({})
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const port = await unusedPort()
  const files = [
    '--tls-cert-file',
    certFile,
    '--tls-key-file',
    keyFile,
    '--tls-ca-cert-file',
    certFile,
  ]
  const redis = await startRedis(
    t,
    '--tls-port',
    String(port),
    '--tls-auth-clients',
    'no',
    ...files,
  )
  const tls = { verify: true, ca: cert, serverName: 'redis.test' }
  t.equal(await verdict(port, { tls }), undefined)
  t.equal(await verdict(port, { tls: { verify: false } }), undefined)
  const rejected = { code: 'TLS_CERTIFICATE_REJECTED' }
  t.match(await verdict(port, { tls: { verify: true } }), rejected, 'unknown authority')
  t.match(await verdict(port, { tls: { ...tls, serverName: 'other.test' } }), rejected, 'name')
  t.match(await verdict(port), { code: 'TARGET_CLOSED' }, 'in the clear')
  const deadline = AbortSignal.timeout(200)
  const late = await new RedisChecker(settingsWith({ tls }))
    .check(localTarget(redis.port), deadline)
    .catch((error: unknown) => error)
  t.equal(
    late,
    deadline.reason,
    'a server in the clear waits for the rest of what it takes for a command',
  )
})

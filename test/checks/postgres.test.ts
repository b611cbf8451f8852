import { test, type Test } from 'tap'
import { PostgresChecker } from '../../src/checks/postgres.js'
import { createChecker } from '../../src/checks/registry.js'
import type { PostgresCheckSettings } from '../../src/checks/settings.js'
import { PointsmanError } from '../../src/core/errors.js'
import {
  checkerConformance,
  localTarget,
  patience,
  startRawTarget,
} from '../support/checker-conformance.js'
import {
  int16,
  int32,
  message,
  primaryScript,
  readMessage,
  readStartup,
  READY,
  recovery,
  report,
  WELCOME,
} from '../support/postgres-script.js'
import type { RawConnection, Script } from '../support/raw-target.js'
import { seeded } from '../support/seeded.js'
import { settingsWith } from './postgres-settings.js'

test('a postgres checker conforms', (t) => {
  checkerConformance(t, () => createChecker(settingsWith()), primaryScript)
  t.end()
})

/** What a check of a target that does so ends with. */
async function errorOf(
  t: Test,
  script: Script,
  changes: Partial<PostgresCheckSettings> = {},
): Promise<unknown> {
  const target = await startRawTarget(t, script)
  const check = new PostgresChecker(settingsWith(changes)).check(
    localTarget(target.port),
    patience(),
  )
  const error: unknown = await check.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await target.deserted()
  return error
}

/** Answers the startup message, and then the query if there is to be one. */
function answering(welcome: Buffer, answer?: Buffer): Script {
  return async (connection) => {
    await readStartup(connection)
    await connection.send(welcome)
    if (!answer) return
    await readMessage(connection)
    await connection.send(answer)
  }
}

const REFUSALS: readonly (readonly [code: string, text: string, words: string])[] = [
  ['28P01', 'password authentication failed for user "x"', 'login refused'],
  ['28000', 'no pg_hba.conf entry for host "127.0.0.1"', 'login refused'],
  ['3D000', 'database "x" does not exist', 'no such database'],
  ['42501', 'permission denied for database "x"', 'privilege missing'],
  ['53300', 'sorry, too many clients already', 'too many connections'],
  ['57P03', 'the database system is starting up', 'not accepting connections'],
  ['57P03', 'the database system is not accepting connections', 'not accepting connections'],
  ['57P01', 'terminating connection due to administrator command', 'shutting down'],
  ['XX000', 'cache lookup failed', 'refused'],
]

for (const [code, text, words] of REFUSALS)
  test(`a server that says ${code} is told of as “${words}”, with its own words`, async (t) => {
    const expected = { code: 'RESPONSE_UNEXPECTED', message: `${words}: ${text} (${code})` }
    const refusal = report('FATAL', code, text)
    t.match(await errorOf(t, answering(refusal)), expected, 'at login')
    t.match(await errorOf(t, answering(WELCOME, refusal)), expected, 'in answer to the query')
  })

test('what a server says is told of in one line, and not at any length', async (t) => {
  const refusal = report('FATAL', '28000', `one\n\u001b[2Jtwo${'x'.repeat(10_000)}`)
  const error = await errorOf(t, answering(refusal))
  t.ok(error instanceof PointsmanError)
  t.match((error as PointsmanError).message, /^login refused: one \[2Jtwox{1,200} \(28000\)$/)
})

test('a server that wants a password where none is set is told of', async (t) => {
  const login = { user: 'pointsman', password: undefined, database: 'postgres' }
  for (const question of [message('R', int32(3)), message('R', int32(5), int32(7))])
    t.match(await errorOf(t, answering(question), { login }), {
      code: 'RESPONSE_UNEXPECTED',
      message: 'login refused: the server asks for a password, and none is set',
    })
})

test('a password is sent in the clear, or with MD5, to a server that wants it so', async (t) => {
  const answers: string[] = []
  const asking =
    (question: Buffer): Script =>
    async (connection) => {
      await readStartup(connection)
      await connection.send(question)
      answers.push(await readMessage(connection))
      await connection.send(WELCOME)
      await readMessage(connection)
      await connection.send(recovery(false))
    }
  t.equal(await errorOf(t, asking(message('R', int32(3)))), undefined)
  t.equal(await errorOf(t, asking(message('R', int32(5), 'salt'))), undefined)
  // md5(md5('secret' + 'pointsman') + 'salt')
  t.same(answers, ['psecret\0', 'pmd56dc250583f6ed41fedc9d5b5ee7e975a\0'])
})

const OTHER_PROOFS: readonly (readonly [string, Buffer, string])[] = [
  ['GSSAPI', message('R', int32(7)), 'the server wants another proof than a password'],
  ['SSPI', message('R', int32(9)), 'the server wants another proof than a password'],
]

for (const [name, question, words] of OTHER_PROOFS)
  test(`a server that wants ${name} is told of, and ends no process`, async (t) => {
    t.match(await errorOf(t, answering(question)), {
      code: 'RESPONSE_UNEXPECTED',
      message: `login refused: ${words}`,
    })
  })

test('of the SASL mechanisms SCRAM-SHA-256 is spoken, and no other', async (t) => {
  const question = message('R', int32(10), 'OAUTHBEARER\0', '\0')
  t.match(await errorOf(t, answering(question)), {
    code: 'RESPONSE_MALFORMED',
    message: /SCRAM-SHA-256/,
  })
})

const COLUMN = [int32(0), int16(0), int32(16), int16(1), int32(-1), int16(0)]

/** Some of these would keep the parser of `pg` busy forever, others end the process. */
const MALFORMED: readonly (readonly [string, Buffer])[] = [
  ['an error report without an end', message('E', 'SFATAL\0')],
  ['an error report that ends twice', message('E', 'SFATAL\0', '\0\0')],
  ['an empty error report', message('E')],
  ['a question for a login without its number', message('R', 'xx')],
  ['a salt that is too short', message('R', int32(5), 'xx')],
  ['a list of mechanisms without an end', message('R', int32(10), 'SCRAM-SHA-256\0')],
  ['a parameter without a value', message('S', 'server_version\0')],
  ['a key that is too short', message('K', int32(1))],
  ['a state of no size', message('Z')],
  ['a length that does not count itself', Buffer.from('Z\0\0\0\0')],
  ['columns that are fewer than announced', message('T', int16(2), 'in_recovery\0', ...COLUMN)],
  ['a negative number of columns', message('T', int16(-1))],
  ['a column without a name', message('T', int16(1), 'in_recovery')],
  ['a row that is shorter than announced', message('D', int16(1), int32(10), 't')],
  ['a row with a value of negative size', message('D', int16(1), int32(-2))],
  ['a row without a count', message('D', 'x')],
  ['an end without a NUL', message('C', 'SELECT 1')],
  ['a message of a type that is none', message('q', 'x')],
  ['a copy that nobody asked for', message('G', 'x')],
  ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
]

for (const [what, bytes] of MALFORMED)
  test(`${what} is no answer`, async (t) => {
    const expected = { code: 'RESPONSE_MALFORMED', message: /^answer is malformed \(/ }
    t.match(await errorOf(t, answering(bytes)), expected, 'at login')
    t.match(await errorOf(t, answering(WELCOME, bytes)), expected, 'in answer to the query')
  })

test('messages that come out of turn are no answer', async (t) => {
  const row = message('D', int16(1), int32(1), 't')
  for (const bytes of [row, message('C', 'SELECT 1\0'), recovery(true)])
    t.match(await errorOf(t, answering(bytes)), { code: 'RESPONSE_MALFORMED' })
})

test('an answer that never ends is read no further than 64 KiB', async (t) => {
  const script = async (connection: RawConnection): Promise<void> => {
    await readStartup(connection)
    while (!connection.isClosed)
      await connection.send(message('S', 'name\0', `${'x'.repeat(999)}\0`))
  }
  t.match(await errorOf(t, script), {
    code: 'RESPONSE_MALFORMED',
    message: 'answer is malformed (over 65536 bytes)',
  })
})

test('an answer that comes byte by byte is an answer', async (t) => {
  const script = async (connection: RawConnection): Promise<void> => {
    await readStartup(connection)
    await connection.send(...[...WELCOME].map((byte) => Buffer.from([byte])))
    await readMessage(connection)
    await connection.send(...[...recovery(false)].map((byte) => Buffer.from([byte])))
  }
  t.equal(await errorOf(t, script), undefined)
})

test('an answer that does not say the role is not the one that was asked for', async (t) => {
  const noRow = Buffer.concat([message('C', 'SELECT 0\0'), READY])
  t.match(await errorOf(t, answering(WELCOME, noRow)), {
    code: 'RESPONSE_UNEXPECTED',
    message: 'answer does not say its role',
  })
})

test('a replica that has received nothing and replayed nothing has no known lag', async (t) => {
  const column = [int32(0), int16(0), int32(701), int16(8), int32(-1), int16(0)]
  const answer = Buffer.concat([
    message('T', int16(2), 'in_recovery\0', ...COLUMN, 'lag_ms\0', ...column),
    message('D', int16(2), int32(1), 't', int32(-1)),
    message('C', 'SELECT 1\0'),
    READY,
  ])
  t.match(await errorOf(t, answering(WELCOME, answer), { maxLagMs: 500 }), {
    code: 'RESPONSE_UNEXPECTED',
    message: 'lag is unknown: nothing was replayed since the server started',
  })
})

test('a server that leaves early is said to have', async (t) => {
  const leaving = { code: 'TARGET_CLOSED', message: 'connection closed early' }
  t.match(await errorOf(t, (connection) => connection.end()), leaving)
  t.match(await errorOf(t, (connection) => connection.reset()), leaving)
  const afterLogin: Script = async (connection) => {
    await answering(WELCOME)(connection)
    await readMessage(connection)
    connection.end()
  }
  t.match(await errorOf(t, afterLogin), leaving)
})

const SILENCES: readonly (readonly [string, Script])[] = [
  ['at once', () => {}],
  ['in the middle of a message', (connection) => connection.send('R\0\0')],
  ['before the query is answered', answering(WELCOME)],
]

for (const [when, script] of SILENCES)
  test(`a server that falls silent ${when} is given up at the deadline, and left`, async (t) => {
    const target = await startRawTarget(t, script)
    const deadline = new AbortController()
    const reason = new PointsmanError('RESPONSE_TIMEOUT', 'no answer within 2000 ms')
    const check = new PostgresChecker(settingsWith()).check(
      localTarget(target.port),
      deadline.signal,
    )
    await target.connection(1)
    setTimeout(() => deadline.abort(reason), 30)
    t.equal(await check.catch((error: unknown) => error), reason)
    await target.deserted()
  })

test('TLS is refused by a server that has none, and by one that is none', async (t) => {
  const tls = { verify: true }
  const saying =
    (answer: string): Script =>
    async (connection) => {
      t.same(await readStartup(connection), Buffer.from([4, 210, 22, 47]))
      await connection.send(answer)
    }
  t.match(await errorOf(t, saying('N'), { tls }), {
    code: 'TLS_FAILED',
    message: 'the server does not offer TLS',
  })
  for (const answer of ['HTTP/1.1 400', 'E', 'SS'])
    t.match(await errorOf(t, saying(answer), { tls }), {
      code: 'RESPONSE_MALFORMED',
      message: 'answer is malformed (not PostgreSQL)',
    })
})

test('a server that answers at random ends every check, and nothing else', async (t) => {
  const random = seeded(20)
  const mutated = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    for (let i = 0; i < 3; i++) {
      const at = Math.floor(random() * copy.length)
      copy[at] = Math.floor(random() * 256)
    }
    return copy
  }
  const target = await startRawTarget(t, async (connection) => {
    await readStartup(connection)
    await connection.send(mutated(WELCOME))
    await readMessage(connection)
    await connection.send(mutated(recovery(false)))
  })
  const checker = new PostgresChecker(settingsWith({ role: 'replica' }))
  const late = new PointsmanError('RESPONSE_TIMEOUT', 'too late')
  const attempt = async (): Promise<unknown> => {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late), 300)
    const error: unknown = await checker.check(localTarget(target.port), deadline.signal).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    clearTimeout(timer)
    return error
  }
  const seen = new Set<string>()
  for (let round = 0; round < 5; round++) {
    const errors = await Promise.all(Array.from({ length: 100 }, attempt))
    for (const error of errors)
      seen.add(error instanceof PointsmanError ? error.code : String(error))
  }
  const known = ['RESPONSE_MALFORMED', 'RESPONSE_TIMEOUT', 'RESPONSE_UNEXPECTED', 'ROLE_MISMATCH']
  t.same(
    [...seen].filter((code) => !known.includes(code) && code !== 'undefined'),
    [],
  )
  t.ok(seen.has('RESPONSE_MALFORMED'))
  await target.deserted()
})

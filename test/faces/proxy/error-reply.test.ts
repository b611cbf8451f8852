import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { ERROR_KINDS, type ErrorCode } from '../../../src/core/errors.js'
import {
  ERROR_REPLIES,
  errorStatus,
  proxyStatus,
  rawErrorReply,
} from '../../../src/faces/proxy/error-reply.js'
import { TOKENS } from '../../support/errors.js'
import { parseResponse } from '../../support/raw.js'

const FACE = 'src/faces/proxy'
// The keys of a table are known.
const CODES = Object.keys(ERROR_KINDS) as ErrorCode[]

/** Of an attempt that another one follows, and of a proxy that does not run. */
const NEVER_ANSWERS: readonly ErrorCode[] = ['LISTEN_FAILED', 'TARGET_UNHEALTHY']

/** Everything the proxy's sources say, but for the table itself. */
function sources(): string {
  return readdirSync(FACE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'error-reply.ts')
    .map((path) => readFileSync(join(FACE, path), 'utf8'))
    .join('\n')
}

test('every error that the proxy can produce has an answer, and no other has', (t) => {
  const text = sources()
  const produced = CODES.filter((code) => text.includes(`'${code}'`))
  const answered = produced.filter((code) => !NEVER_ANSWERS.includes(code))
  t.strictSame(Object.keys(ERROR_REPLIES).sort(), answered.sort())
  t.end()
})

test('an answer has the status that HTTP has for it, and an error type of RFC 9209', (t) => {
  for (const code of CODES) {
    const [status, token] = ERROR_REPLIES[code] ?? [500, 'proxy_internal_error']
    t.equal(errorStatus(code), status, `${code}: ${status}`)
    t.equal(proxyStatus(code), `pointsman; error=${token}`)
    t.ok(TOKENS.includes(token), `${code}: ${token} is registered`)
  }
  t.end()
})

test('whose fault it is shows in the status', (t) => {
  for (const [code, [status]] of Object.entries(ERROR_REPLIES)) {
    const { origin } = ERROR_KINDS[code as ErrorCode]
    const isClients = status >= 400 && status < 500
    t.equal(isClients, origin === 'client', `${code}: ${status}`)
    if (origin === 'target') t.ok(status === 502 || status === 504, `${code}: ${status}`)
  }
  t.end()
})

test('an error of the proxy is written as a whole response that closes the connection', (t) => {
  for (const code of CODES) {
    const bytes = Buffer.from(rawErrorReply(code), 'latin1')
    const parsed = parseResponse(bytes, 'GET', false)
    t.equal(parsed?.sizeBytes, bytes.length, code)
    t.equal(parsed?.response.status, errorStatus(code))
    const [date, ...others] = parsed?.response.fields ?? []
    t.equal(date?.[0], 'Date')
    t.strictSame(others, [
      ['Content-Length', '0'],
      ['Proxy-Status', proxyStatus(code)],
      ['Connection', 'close'],
    ])
  }
  t.end()
})

import { test } from 'tap'
import { ERROR_KINDS, PointsmanError, type ErrorCode } from '../../src/core/errors.js'

test('an error knows whose doing it is and when the request may be tried again', (t) => {
  for (const [code, kind] of Object.entries(ERROR_KINDS)) {
    const error = new PointsmanError(code as ErrorCode, 'it went wrong')
    t.match(error, { name: 'PointsmanError', message: 'it went wrong', code, ...kind })
    t.notOk(Object.hasOwn(error, 'cause'), 'without a cause it has none')
  }
  t.end()
})

test('an error keeps what caused it', (t) => {
  const cause = new Error('ECONNREFUSED')
  t.equal(new PointsmanError('CONNECT_REFUSED', '10.0.0.1:80 refused', cause).cause, cause)
  t.end()
})

test('a request is tried again only when a target failed', (t) => {
  for (const [code, { origin, retryable }] of Object.entries(ERROR_KINDS))
    if (retryable !== 'never') t.equal(origin, 'target', code)
  t.end()
})

import { test } from 'tap'
import {
  parseBodyPattern,
  parseFields,
  parsePath,
  parseStatuses,
} from '../../src/checks/parse-settings.js'

const INVALID = { code: 'CONFIGURATION_INVALID', message: /^must / }

test('a list of status codes and ranges is read', (t) => {
  t.same(parseStatuses('200'), [{ from: 200, to: 200 }])
  t.same(parseStatuses('200, 204,300-399'), [
    { from: 200, to: 200 },
    { from: 204, to: 204 },
    { from: 300, to: 399 },
  ])
  t.end()
})

test('a list of status codes that is no such list is refused', (t) => {
  for (const text of [
    '',
    '20',
    '2xx',
    '200;204',
    '200,',
    '300-200',
    '200-',
    '-200',
    '0',
    '1000',
    '+200',
  ]) {
    t.throws(() => parseStatuses(text), INVALID, JSON.stringify(text))
  }
  t.end()
})

test('a list of fields is read', (t) => {
  t.same(parseFields(''), [])
  t.same(parseFields('X-A: 1'), ['X-A', '1'])
  t.same(parseFields(' Authorization:Basic eDp5==; X-Url: http://a:80/ ;X-Empty:;'), [
    ...['Authorization', 'Basic eDp5==', 'X-Url', 'http://a:80/', 'X-Empty', ''],
  ])
  t.end()
})

test('a list of fields that could not be sent, or is not the operator’s to send, is refused', (t) => {
  for (const text of [
    'X-A',
    ': 1',
    'X A: 1',
    'X-A : 1',
    'X-A: \u0001',
    'X-A: \u20ac',
    'Host: a',
    'content-length: 1',
    'Transfer-Encoding: chunked',
  ]) {
    t.throws(() => parseFields(text), INVALID, JSON.stringify(text))
  }
  t.end()
})

test('a path is taken as it is, if it can be sent', (t) => {
  for (const path of ['/', '/healthz?deep=true&x=%20', '//a;b']) t.equal(parsePath(path), path)
  for (const path of ['', 'healthz', 'http://a/', '/a b', '/a#b', '/\u00e9', '/a\r\nb']) {
    t.throws(() => parsePath(path), INVALID, JSON.stringify(path))
  }
  t.end()
})

test('a pattern for the body is taken as it is, if it is a regular expression of bearable length', (t) => {
  t.equal(parseBodyPattern('"status"\\s*:\\s*"(ok|up)"'), '"status"\\s*:\\s*"(ok|up)"')
  for (const text of ['(', '[b-a]', '*', 'a'.repeat(1025)])
    t.throws(() => parseBodyPattern(text), INVALID)
  t.end()
})

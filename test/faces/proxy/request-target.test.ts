import { test } from 'tap'
import { hostName, parseRequestTarget } from '../../../src/faces/proxy/request-target.js'

test('a target is taken apart at its first question mark, and nothing is changed', (t) => {
  const targets: Readonly<Record<string, readonly [path: string, query: string]>> = {
    '/': ['/', ''],
    '/a/b': ['/a/b', ''],
    '/a?b=c': ['/a', '?b=c'],
    '/a?': ['/a', '?'],
    '/a?b?c': ['/a', '?b?c'],
    '/a?b=/../c': ['/a', '?b=/../c'],
    '/?': ['/', '?'],
    '//': ['//', ''],
    '//evil.test/a': ['//evil.test/a', ''],
    '/a//b': ['/a//b', ''],
    '/a%2Fb%20c%3F': ['/a%2Fb%20c%3F', ''],
    '/%': ['/%', ''],
    '/%zz%4': ['/%zz%4', ''],
    "/;a=b,c:d@e!$&'()*+": ["/;a=b,c:d@e!$&'()*+", ''],
    '/"<>[]^`{|}\\': ['/"<>[]^`{|}\\', ''],
    '/http://h/a': ['/http://h/a', ''],
  }
  for (const [url, [path, query]] of Object.entries(targets)) {
    t.strictSame(parseRequestTarget(url), { path, query, authority: undefined }, url)
  }
  t.end()
})

test('an absolute target names its authority', (t) => {
  const targets: Readonly<Record<string, readonly [string, string, string]>> = {
    'http://h.test/a': ['h.test', '/a', ''],
    'HTTP://H.test:81/a?b': ['H.test:81', '/a', '?b'],
    'https://h.test/': ['h.test', '/', ''],
    'http://h.test': ['h.test', '/', ''],
    'http://h.test?a': ['h.test', '/', '?a'],
    'http://[::1]:80/a': ['[::1]:80', '/a', ''],
    'http://h.test//a': ['h.test', '//a', ''],
    'http://h.test/http://other/a': ['h.test', '/http://other/a', ''],
    'http://h.test/@a': ['h.test', '/@a', ''],
    'http://h.test?@a': ['h.test', '/', '?@a'],
  }
  for (const [url, [authority, path, query]] of Object.entries(targets)) {
    t.strictSame(parseRequestTarget(url), { path, query, authority }, url)
  }
  t.end()
})

test('OPTIONS may ask for everything', (t) => {
  t.strictSame(parseRequestTarget('*'), { path: '*', query: '', authority: undefined })
  t.end()
})

test('a target that is no path is refused', (t) => {
  const targets = [
    ...['', 'a', 'a/b', '?a', '**', '*?', '*/a', '.', '..', './a', '\\', '\\\\h\\a', '%2Fa'],
    ...['h.test:80', 'h.test', 'http:', 'http:/', 'http://', 'http:///a', 'http://?a', 'http:a'],
    ...['ftp://h.test/a', 'ws://h.test/a', 'file:///etc/passwd', 'javascript:alert(1)', '://h/a'],
    ...['http://user@h.test/a', 'http://user:pw@h.test/a', 'http://@h.test/a', 'http://h@/a'],
    ...['http://h.test:80@evil.test/a', 'http://h.test\\@evil.test/', 'httpss://h/a', 'http//h/a'],
  ]
  for (const url of targets) t.equal(parseRequestTarget(url), undefined, JSON.stringify(url))
  t.end()
})

test('a target is visible ASCII without a fragment', (t) => {
  for (let code = 0; code < 256; code++) {
    const byte = String.fromCharCode(code)
    const isFine = code > 32 && code < 127 && byte !== '#'
    const urls = [`/a${byte}b`, `/a?${byte}`, `http://h.test/a${byte}`]
    const taken = urls.map((url) => parseRequestTarget(url) !== undefined)
    t.strictSame(taken, [isFine, isFine, isFine], `byte ${code}`)
  }
  t.end()
})

/** Ways to write a dot, a slash, and what else some server takes for the end of a segment. */
const DOTS = ['.', '%2e', '%2E']
const SLASHES = ['/', '%2f', '%2F', '\\', '%5c', '%5C']

test('a path with a dot segment is refused, however it is written', (t) => {
  const segments = DOTS.flatMap((first) => [first, ...DOTS.map((second) => first + second)])
  for (const segment of segments) {
    for (const slash of SLASHES) {
      for (const path of [
        `/${segment}`,
        `/${segment}${slash}`,
        `/a${slash}${segment}`,
        `/a${slash}${segment}${slash}b`,
        `/a/${segment};x${slash}b`,
        `/a/${segment}%3bx`,
        `/a/${segment}?q`,
        `http://h.test/${segment}${slash}b`,
      ]) {
        t.equal(parseRequestTarget(path), undefined, path)
      }
    }
  }
  t.end()
})

test('dots that are no segment of their own are fine', (t) => {
  const paths = [
    ...['/...', '/a.', '/.a', '/..a', '/a..', '/a../b', '/a./b', '/.well-known/x', '/a.b/c..d'],
    ...['/%2e%2e%2e', '/%2ea', '/a%2e', '/a;..', '/a;./b', '/a;x=..b'],
    ...['/a?/../b', '/a?..', '/%252e%252e/a', '/%2', '/%2/..a', '/.%2ea', '/%2e%2g'],
  ]
  for (const path of paths) t.ok(parseRequestTarget(path), path)
  t.end()
})

test('a host is named without its port, in lower case', (t) => {
  const hosts: Readonly<Record<string, string>> = {
    '': '',
    'h.test': 'h.test',
    'H.Test': 'h.test',
    'h.test:8080': 'h.test',
    'h.test:': 'h.test',
    '127.0.0.1:80': '127.0.0.1',
    '[::1]': '[::1]',
    '[::1]:80': '[::1]',
    '[2001:DB8::1]:443': '[2001:db8::1]',
    "a_b~!$&'()*+,;=%41": "a_b~!$&'()*+,;=%41",
  }
  for (const [field, name] of Object.entries(hosts)) t.equal(hostName(field), name, field)
  t.end()
})

test('what is no host is refused', (t) => {
  const fields = [
    ...['h.test:80:80', 'h.test:a', 'h test', ' h.test', 'h.test ', 'h/a', 'h?a', 'h#a'],
    ...['user@h', 'h\\a', '::1', '[::1', '::1]', '[::1]a', '[::1]:a', '[]', '[h]', '[::1]]', '"h"'],
    ...['h\t', 'h\0', 'h\xe9', 'h<', 'h>', 'h{', 'h|', 'h^', 'h`', 'http://h', 'h:80/a'],
  ]
  for (const field of fields) t.equal(hostName(field), undefined, JSON.stringify(field))
  t.end()
})

test('the name of a host does not depend on the one that was asked before', (t) => {
  for (const field of [
    'a.test:80',
    'B.test',
    'a b',
    'a.test:80',
    'a.test',
    'a b',
    '',
    'a b',
    '',
    'B.test',
  ])
    t.equal(
      hostName(field),
      field.includes(' ') ? undefined : field.toLowerCase().split(':')[0],
      field,
    )
  t.end()
})

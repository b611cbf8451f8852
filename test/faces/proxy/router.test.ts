import { test } from 'tap'
import { hasPrefix, Router, targetPath } from '../../../src/faces/proxy/router.js'
import type { ListenerRule } from '../../../src/faces/proxy/settings.js'
import { seeded } from '../../support/clock.js'
import { ruleOf } from './face.js'

type Match = ListenerRule['pathMatch']

/** A rule as `host prefix`, or `prefix` alone; `=` in front makes it a plain string. */
function rule(text: string): ListenerRule {
  const [first = '', second] = text.split(' ')
  const [host, path] = second === undefined ? [undefined, first] : [first, second]
  const pathMatch: Match = path.startsWith('=') ? 'string' : 'segment'
  return ruleOf({ host, pathPrefix: path.replace('=', ''), pathMatch, targetGroup: text })
}

/** Who is asked for what, and whose rule that is. */
type Rows = readonly (readonly [request: string, rule: string | undefined])[]

const TABLES: readonly (readonly [rules: readonly string[], Rows])[] = [
  [
    ['/api'],
    [
      ['/api', '/api'],
      ['/api/', '/api'],
      ['/api/x', '/api'],
      ['/api//x', '/api'],
      ['/apix', undefined],
      ['/API', undefined],
      ['/ap', undefined],
      ['/api%2Fx', undefined],
      ['/%61pi', undefined],
      ['//api', undefined],
      ['/', undefined],
    ],
  ],
  [
    ['=/api'],
    [
      ['/api', '=/api'],
      ['/apix', '=/api'],
      ['/api/x', '=/api'],
      ['/ap', undefined],
    ],
  ],
  [
    ['/api/'],
    [
      ['/api', undefined],
      ['/api/', '/api/'],
      ['/api/x', '/api/'],
    ],
  ],
  [
    ['/'],
    [
      ['/', '/'],
      ['/anything', '/'],
      ['//', '/'],
    ],
  ],
  [
    ['/', '/a', '/a/b', '/a/b/c', '/b'],
    [
      ['/a', '/a'],
      ['/a/bx', '/a'],
      ['/a/b', '/a/b'],
      ['/a/b/cx', '/a/b'],
      ['/a/b/c/d', '/a/b/c'],
      ['/c', '/'],
    ],
  ],
  [
    ['/a', '=/a', '=/ab'],
    [
      ['/a', '/a'],
      ['/a/b', '/a'],
      ['/ax', '=/a'],
      ['/abx', '=/ab'],
    ],
  ],
  [
    ['/a/b', 'h.test /', 'h.test /a'],
    [
      ['h.test /a/b', 'h.test /a'],
      ['h.test /b', 'h.test /'],
      ['other.test /a/b', '/a/b'],
      ['other.test /', undefined],
      ['sub.h.test /', undefined],
      ['/a/b', '/a/b'],
    ],
  ],
  [
    ['/', 'h.test /a'],
    [
      ['h.test /a', 'h.test /a'],
      ['h.test /b', '/'],
    ],
  ],
  [
    ['/', '*.test /', '*.b.test /', 'a.b.test /x', '*.b.test /y'],
    [
      ['test /', '/'],
      ['h.test /', '*.test /'],
      ['b.test /', '*.test /'],
      ['a.b.test /', '*.b.test /'],
      ['c.a.b.test /', '*.b.test /'],
      ['a.b.test /x', 'a.b.test /x'],
      ['c.b.test /x', '*.b.test /'],
      ['a.b.test /y', '*.b.test /y'],
      ['xb.test /', '*.test /'],
      ['h.test.evil /', '/'],
    ],
  ],
  [
    ['[::1] /'],
    [
      ['[::1] /', '[::1] /'],
      ['[::2] /', undefined],
    ],
  ],
]

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seeded(seed)
  return items
    .map((item) => [random.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

test('the most specific rule matches, whatever the order of the rules', (t) => {
  for (const [rules, rows] of TABLES) {
    for (const seed of [1, 2, 3, 4, 5]) {
      const router = new Router(shuffled(rules, seed).map(rule))
      for (const [request, expected] of rows) {
        const [first = '', second] = request.split(' ')
        const [host, path] = second === undefined ? ['', first] : [first, second]
        const name = `${request} among ${rules.join(', ')}`
        t.equal(router.match(host, path)?.targetGroup, expected, name)
      }
    }
  }
  t.end()
})

test('a proxy without rules matches nothing', (t) => {
  t.equal(new Router([]).match('h.test', '/'), undefined)
  t.end()
})

test('a prefix ends where a segment does, or anywhere', (t) => {
  for (const [path, prefix, segment, string] of [
    ['/a', '/a', true, true],
    ['/a/b', '/a', true, true],
    ['/ab', '/a', false, true],
    ['/a;x', '/a', false, true],
    ['/a%2Fb', '/a', false, true],
    ['/a', '/a/', false, false],
    ['/b', '/a', false, false],
  ] as const) {
    t.equal(hasPrefix(path, prefix, 'segment'), segment, `${prefix} of ${path}`)
    t.equal(hasPrefix(path, prefix, 'string'), string, `${prefix} of ${path}, as a string`)
  }
  t.end()
})

/** What is stripped, the target's base path, what the client asks for, and what the target is asked for. */
const REWRITES: readonly (readonly [string, string, string, string])[] = [
  ['', '', '/', '/'],
  ['', '', '/a', '/a'],
  ['', '/v1', '/a', '/v1/a'],
  ['', '/v1', '/', '/v1/'],
  ['/my/listener', '/v1', '/my/listener/resource', '/v1/resource'],
  ['/my/listener', '', '/my/listener/resource', '/resource'],
  ['/my/listener', '/v1', '/my/listener', '/v1'],
  ['/my/listener', '/v1', '/my/listener/', '/v1/'],
  ['/my/listener', '', '/my/listener', '/'],
  ['/my/listener', '', '/my/listener/', '/'],
  ['/my/listener', '/v1', '/my/listeners', '/v1/my/listeners'],
  ['/my/listener', '/v1', '/other', '/v1/other'],
  ['/a', '', '/a/a/b', '/a/b'],
  ['/a', '', '/b/a/c', '/b/a/c'],
  ['/a', '/v1', '/a//b', '/v1//b'],
  ['/a', '', '/a//evil.test/b', '//evil.test/b'],
  ['/a', '', '/a///', '///'],
  ['/a/', '', '/a/b', '/b'],
  ['/a/', '/v1', '/a/b', '/v1/b'],
  ['/a/', '/v1', '/a/', '/v1'],
  ['/a/', '', '/a/', '/'],
  ['/a/', '', '/a', '/a'],
  ['/', '/v1', '/a', '/v1/a'],
  ['/', '/v1', '/', '/v1'],
  ['/', '', '/', '/'],
  ['/a', '/v1', '/a/b%2Fc%20;d', '/v1/b%2Fc%20;d'],
  ['/A', '/v1', '/a/b', '/v1/a/b'],
  ['/a', '/v1/v2', '/a/b', '/v1/v2/b'],
]

test('the rewrite prefix is stripped once, and the base path put in front', (t) => {
  for (const [pathRewrite, basePath, path, expected] of REWRITES) {
    const name = `${path} without ${pathRewrite || 'nothing'} behind ${basePath || 'nothing'}`
    t.equal(targetPath(ruleOf({ pathRewrite }), basePath, path), expected, name)
  }
  t.end()
})

test('a rule that matches strings strips strings', (t) => {
  for (const [pathRewrite, basePath, path, expected] of [
    ['/a', '', '/abc', '/bc'],
    ['/a', '/v1', '/abc', '/v1/bc'],
    ['/a', '/v1', '/a/b', '/v1/b'],
    ['/a', '/v1', '/a', '/v1'],
    ['/a', '', '/a', '/'],
    ['/a', '/v1', '/b', '/v1/b'],
  ] as const) {
    const strings = ruleOf({ pathRewrite, pathMatch: 'string' })
    t.equal(targetPath(strings, basePath, path), expected, path)
  }
  t.end()
})

import { join } from 'node:path'
import { test } from 'tap'
import { CERTIFICATE, KEY, OTHER_KEY } from './certificates.js'
import { problemsWith, proxyWith, reading } from './reading.js'

function rule(number: number, members: Readonly<Record<string, string>>): Record<string, string> {
  const variables = { TARGET_GROUP: 'web', ...members }
  return Object.fromEntries(
    Object.entries(variables).map(([member, value]) => [
      `LISTENER_RULE_${number}_${member}`,
      value,
    ]),
  )
}

test('A rule is read into its parts', (t) => {
  const { rules } = proxyWith(
    rule(12, {
      PATH_PREFIX: '/my/listener',
      PATH_REWRITE: '/my/listener',
      PATH_MATCH: 'string',
      PRESERVE_HOST: 'true',
      HOST: '*.Example.com',
    }),
  )
  t.same(rules[1], {
    number: 12,
    pathPrefix: '/my/listener',
    pathRewrite: '/my/listener',
    targetGroup: 'web',
    pathMatch: 'string',
    preserveHost: true,
    host: '*.example.com',
  })
  t.end()
})

test('Rules come in the order of their numbers', (t) => {
  const { rules } = proxyWith({
    ...rule(10, { PATH_PREFIX: '/a' }),
    ...rule(9, { PATH_PREFIX: '/b' }),
  })
  t.same(
    rules.map(({ number }) => number),
    [1, 9, 10],
  )
  t.end()
})

test('A path keeps every byte that may stand in one', (t) => {
  for (const path of [
    '/',
    '/api',
    '/api/',
    '//',
    '/a%20b',
    '/a%2Fb',
    '/...',
    '/a;b=c',
    '/~!$&()*+,:@|"\\',
  ]) {
    const [, read] = proxyWith(rule(2, { PATH_PREFIX: path, HOST: 'h' })).rules
    t.equal(read?.pathPrefix, path)
  }
  t.end()
})

test('A path that no request can have is refused', (t) => {
  const query = 'must not contain ? or #'
  const blanks = 'must not contain blanks, control or non-ASCII characters: percent-encode them'
  const segments = 'must not contain . or .. segments'
  const cases: readonly [string, string][] = [
    ['api', 'must begin with /'],
    ['*', 'must begin with /'],
    ['http://h/api', 'must begin with /'],
    ['/api?x', query],
    ['/api#x', query],
    ['/a b', blanks],
    ['/a\tb', blanks],
    ['/a\u007fb', blanks],
    ['/é', blanks],
    ['/a/./b', segments],
    ['/a/..', segments],
    ['/%2E%2e/a', segments],
    ['/.%2e', segments],
  ]
  for (const [path, broken] of cases)
    for (const member of ['PATH_PREFIX', 'PATH_REWRITE']) {
      const problems = problemsWith(rule(2, { PATH_PREFIX: '/api', [member]: path }))
      const value = path.replace(/\p{Cc}/u, '\u{FFFD}')
      t.same(problems, [`LISTENER_RULE_2_${member}=${value}: ${broken}`])
    }
  t.end()
})

test('A rule needs a prefix and a group', (t) => {
  t.same(problemsWith({ LISTENER_RULE_2_HOST: 'h' }), [
    'LISTENER_RULE_2_PATH_PREFIX: is required',
    'LISTENER_RULE_2_TARGET_GROUP: is required',
  ])
  t.end()
})

test('A rule that names no group is told the groups there are', (t) => {
  const api = { TARGET_GROUP_2_NAME: 'api', TARGET_GROUP_2_TARGETS: 'h' }
  t.same(problemsWith({ ...api, ...rule(2, { PATH_PREFIX: '/shop', TARGET_GROUP: 'shop' }) }), [
    'LISTENER_RULE_2_TARGET_GROUP=shop: no target group has this name; known: web, api',
  ])
  const noGroup = { TARGET_GROUP_1_NAME: '', TARGET_GROUP_1_TARGETS: 'h' }
  t.same(problemsWith(noGroup), [
    'TARGET_GROUP_1_NAME: is required',
    'LISTENER_RULE_1_TARGET_GROUP=web: no target group has this name; there is no group at all',
  ])
  t.end()
})

test('A rule may name a group in which something is wrong, and only that is reported', (t) => {
  t.same(problemsWith({ TARGET_GROUP_1_RETRIES: 'many' }), [
    'TARGET_GROUP_1_RETRIES=many: must be a whole number from 0 to 100',
  ])
  t.end()
})

test('Two rules must differ in host, prefix or match', (t) => {
  const first = rule(2, { PATH_PREFIX: '/api', HOST: 'a.example.com' })
  const cases: readonly [Readonly<Record<string, string>>, boolean][] = [
    [{ PATH_PREFIX: '/api', HOST: 'a.example.com' }, true],
    [{ PATH_PREFIX: '/api', HOST: 'A.EXAMPLE.com', PATH_MATCH: 'segment' }, true],
    [{ PATH_PREFIX: '/api', HOST: 'a.example.com', PRESERVE_HOST: 'true' }, true],
    [{ PATH_PREFIX: '/api/', HOST: 'a.example.com' }, false],
    [{ PATH_PREFIX: '/api', HOST: 'b.example.com' }, false],
    [{ PATH_PREFIX: '/api', HOST: '*.example.com' }, false],
    [{ PATH_PREFIX: '/api', HOST: 'a.example.com', PATH_MATCH: 'string' }, false],
    [{ PATH_PREFIX: '/api' }, false],
    [{ PATH_PREFIX: '/' }, true],
  ]
  for (const [members, isRepeated] of cases) {
    const problems = problemsWith({ ...first, ...rule(3, members) })
    const expected = isRepeated ? [/^LISTENER_RULE_3_PATH_PREFIX=.*_PATH_PREFIX is the same/] : []
    t.match(problems, expected, JSON.stringify(members))
    t.equal(problems.length, expected.length)
  }
  t.end()
})

test('The host of a rule is a name, or a star and a domain', (t) => {
  const cases: readonly [string, RegExp][] = [
    ['example.com:80', /must be a host name without a port/],
    ['[::1]', /must be a host name without a port/],
    ['*', /must be a host name/],
    ['*.', /must be a host name/],
    ['a.*.com', /must be a host name/],
    ['*example.com', /must be a host name/],
    ['http//example.com', /must be a host name/],
  ]
  for (const [host, broken] of cases)
    t.match(problemsWith(rule(2, { PATH_PREFIX: '/', HOST: host })), [broken], host)
  const [, read] = proxyWith(rule(2, { PATH_PREFIX: '/', HOST: '10.0.0.1' })).rules
  t.equal(read?.host, '10.0.0.1')
  t.end()
})

test('A rewrite that can never strip anything is a warning', (t) => {
  const cases: readonly [prefix: string, rewrite: string, isVain: boolean][] = [
    ['/api', '/v1', true],
    ['/api', '/api', false],
    ['/api/v1', '/api', false],
    ['/api', '/api/v1', false],
    ['/api', '', false],
  ]
  for (const [prefix, rewrite, isVain] of cases) {
    const { warnings } = reading(rule(2, { PATH_PREFIX: prefix, PATH_REWRITE: rewrite }))
    const warning = `LISTENER_RULE_2_PATH_REWRITE=${rewrite}: strips nothing: no path begins with it and with ${prefix}`
    t.same(warnings, isVain ? [warning] : [])
  }
  t.end()
})

test('A certificate and its key go together', (t) => {
  const directory = t.testdir({ cert: CERTIFICATE, key: KEY, 'other-key': OTHER_KEY, empty: '' })
  const [certFile, keyFile] = [join(directory, 'cert'), join(directory, 'key')]
  const problems = (cert: string, key: string): readonly string[] =>
    problemsWith({ LISTENER_TLS_CERT: cert, LISTENER_TLS_KEY: key })

  t.same(proxyWith({ LISTENER_TLS_CERT: certFile, LISTENER_TLS_KEY: keyFile }).tls, {
    certFile,
    keyFile,
  })
  t.same(problems(certFile, ''), ['LISTENER_TLS_KEY: is required with LISTENER_TLS_CERT'])
  t.same(problems('', keyFile), ['LISTENER_TLS_CERT: is required with LISTENER_TLS_KEY'])
  for (const key of ['other-key', 'empty', 'cert'])
    t.match(problems(certFile, join(directory, key)), [
      /^LISTENER_TLS_CERT=.*cert: cannot serve with LISTENER_TLS_KEY \(/,
    ])
  t.match(problems(join(directory, 'a'), join(directory, 'b')), [
    /^LISTENER_TLS_CERT=.*a: the file cannot be read \(ENOENT/,
    /^LISTENER_TLS_KEY=.*b: the file cannot be read \(ENOENT/,
  ])
  t.end()
})

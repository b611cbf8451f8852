import { test } from 'tap'
import { instanceTarget } from '../../../src/core/instance.js'
import {
  fullUrl,
  legacyUrl,
  locationOf,
  memberLocation,
  NOWHERE,
  type Destination,
} from '../../../src/faces/gateway/location.js'
import { URL_TEMPLATE, type Server } from '../../../src/model/document.js'

const HOST = instanceTarget({ stack: '/PO/POC6/1.45', ipv4: '10.0.0.1', ipv6: '::1' }, 1)

function serverOf(server: Partial<Server> = {}): Server {
  return {
    name: 'r1',
    description: '',
    url: URL_TEMPLATE,
    path: '1.45',
    query: {},
    nonWhitelisted: false,
    ...server,
  }
}

/** A host of a rule, reached by the old defaults. */
function destinationOf(destination: Partial<Destination> = {}): Destination {
  return {
    server: serverOf(),
    host: HOST,
    url: { protocol: 'xre', urn: 'shell', port: 10001, ipVersion: 4 },
    ruleName: undefined,
    isSecure: false,
    connectQuery: '',
    ...destination,
  }
}

/** A server that is a URL. */
function at(url: string, destination: Partial<Destination> = {}): Destination {
  const server = { name: 'r1', description: '', url, query: {}, nonWhitelisted: false }
  return destinationOf({ server, host: undefined, ...destination })
}

const SIX = { protocol: 'ws', urn: 'a/b', port: 80, ipVersion: 6 } as const

const URLS: readonly [destination: Destination, url: string][] = [
  [destinationOf(), 'xre://10.0.0.1:10001/shell'],
  [destinationOf({ url: SIX }), 'ws://[::1]:80/a/b'],
  [destinationOf({ ruleName: 'r1' }), 'xre://10.0.0.1:10001/shell?ruleName=r1'],
  [
    destinationOf({
      server: serverOf({ query: { a: 'b c', 'ü&': '~"é' } }),
      ruleName: 'r1',
      connectQuery: 'x=1&y',
    }),
    'xre://10.0.0.1:10001/shell?a=b+c&%C3%BC%26=%7E%22%C3%A9&ruleName=r1&x=1&y',
  ],
  [
    destinationOf({ connectQuery: 'a=\r\nSet-Cookie: b&é="\ud800' }),
    'xre://10.0.0.1:10001/shell?a=%0D%0ASet-Cookie:%20b&%C3%A9="%EF%BF%BD',
  ],
  [at('https://example.com/a'), 'https://example.com/a'],
  [at('https://example.com/{host}'), 'https://example.com/{host}'],
  [at('https://example.com/a?b=1', { ruleName: 'r' }), 'https://example.com/a?b=1&ruleName=r'],
  [at('https://exämple.com/\r\n'), 'https://ex%C3%A4mple.com/%0D%0A'],
  [
    destinationOf({ server: serverOf({ secureUrl: 'https://{host}/{urn}' }), isSecure: true }),
    'https://10.0.0.1/shell',
  ],
  [destinationOf({ isSecure: true }), 'xre://10.0.0.1:10001/shell'],
  [
    destinationOf({ url: { protocol: '{port}', urn: '$&', port: 1, ipVersion: 4 } }),
    '{port}://10.0.0.1:1/$&',
  ],
]

test('A URL is the template filled in, with the queries of server, rule and client, in visible ASCII', (t) => {
  for (const [destination, url] of URLS) t.equal(fullUrl(destination), url)
  t.end()
})

test('A host is told by its address, its stack and how it is reached', (t) => {
  const server = serverOf({ query: { q: '1' } })
  t.same(locationOf(destinationOf({ server, ruleName: 'r1' })), {
    destination: '10.0.0.1',
    description: '/PO/POC6',
    protocol: 'xre',
    port: '10001',
    context: { q: '1', ruleName: 'r1' },
  })
  t.match(locationOf(destinationOf({ url: SIX })), { destination: '::1', port: '80', context: {} })
  t.end()
})

test('An absolute URL is told by its parts, and the name of the rule', (t) => {
  const rows: readonly [url: string, protocol: string, destination: string, port: string][] = [
    ['https://example.com:8443/a', 'https', 'example.com', '8443'],
    ['xre://example.com/a:1', 'xre', 'example.com', ''],
    ['http://[::1]:80', 'http', '[::1]', '80'],
    ['http://[::1]', 'http', '[::1]', ''],
  ]
  for (const [url, protocol, destination, port] of rows) {
    const location = locationOf(at(url, { ruleName: 'rule' }))
    const context = { ruleName: 'rule' }
    t.same(location, { destination, description: 'rule', protocol, port, context }, url)
  }
  t.equal(locationOf(at('http://a/')).description, 'r1')
  t.end()
})

test('A member of a group is told by its whole URL and its path', (t) => {
  t.same(memberLocation(destinationOf({ ruleName: 'r1' })), {
    destination: 'xre://10.0.0.1:10001/shell?ruleName=r1',
    description: '1.45',
    protocol: '',
    port: '',
    context: { ruleName: 'r1' },
  })
  t.end()
})

test('The old redirect leaves out what it always did, with everything that is odd about it', (t) => {
  const rows: readonly [name: string, url: string, expected: string][] = [
    ['a host', legacyUrl(locationOf(destinationOf())), 'xre://10.0.0.1:10001'],
    ['IPv6', legacyUrl(locationOf(destinationOf({ url: SIX }))), 'ws://::1:80'],
    ['no port', legacyUrl(locationOf(at('http://a.b/c'))), 'http://a.b:'],
    ['a port', legacyUrl(locationOf(at('http://a.b:1/c'))), 'http://a.b:1'],
    ['a group', legacyUrl(memberLocation(destinationOf())), '://xre://10.0.0.1:10001/shell:'],
    ['nobody', legacyUrl(NOWHERE), '://:'],
  ]
  for (const [name, url, expected] of rows) t.equal(url, expected, name)
  t.end()
})

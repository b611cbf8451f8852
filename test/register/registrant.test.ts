import { test } from 'tap'
import { readRegistrant } from '../../src/register/registrant.js'

const ON_STACK = ['app', '--stack', '/DC1/AZ1', '--flavor', '1.0']
const AT_PATH = ['--path', '/services/web', '--host', '10.0.0.1', '--port', '8080']

test('A host of an application has a node on its stack, as Redirector reads it', (t) => {
  const registrant = readRegistrant([...ON_STACK, '--ipv4', '10.0.0.1', '--weight', '7'])
  t.equal(registrant.parent, '/services/DC1/AZ1/1.0/app')
  t.equal(registrant.id, '10.0.0.1:0')
  t.match(JSON.parse(registrant.data(1234).toString()), {
    name: 'app',
    id: '10.0.0.1:0',
    address: '10.0.0.1',
    port: 0,
    sslPort: null,
    payload: {
      workerId: /^[\da-f-]{36}$/,
      listenAddress: '10.0.0.1',
      listenPort: 0,
      serviceName: 'app',
      parameters: { ipv4Address: '10.0.0.1', ipv6Address: null, weight: '7.0' },
    },
    registrationTimeUTC: 1234,
    serviceType: 'DYNAMIC',
    uriSpec: null,
  })
  t.end()
})

test('What is not said is filled in', (t) => {
  const cases: readonly (readonly [readonly string[], object])[] = [
    [
      [...ON_STACK, '--ipv6', '::1'],
      {
        id: '::1:0',
        address: '::1',
        payload: { parameters: { ipv4Address: null, ipv6Address: '::1', weight: '5.0' } },
      },
    ],
    [
      [...ON_STACK, '--ipv4', 'h1', '--ipv6', 'h1', '--id', 'me'],
      { id: 'me', payload: { parameters: { ipv4Address: 'h1', ipv6Address: 'h1' } } },
    ],
    [AT_PATH, { name: 'web', id: '10.0.0.1:8080', port: 8080, sslPort: null }],
    [[...AT_PATH, '--tls', '--weight', '0'], { port: null, sslPort: 8080 }],
  ]
  for (const [args, record] of cases)
    t.match(JSON.parse(readRegistrant(args).data(0).toString()), record, args.join(' '))
  t.equal(readRegistrant(AT_PATH).parent, '/services/web')
  t.end()
})

test('What is wrong on the command line is told', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['', '--path is required'],
    ['--path /services/web --port 80', '--host is required'],
    ['--path /services/web --host h', '--port is required'],
    ['--path /services/web --host h --port 0', '--port 0: must be a whole number from 1 to 65535'],
    [
      '--path web --host h --port 1',
      '--path web: must be a path below /, of names with one / before each',
    ],
    [
      '--path / --host h --port 1',
      '--path /: must be a path below /, of names with one / before each',
    ],
    [
      '--path /a --host a_/b --port 1',
      '--host a_/b: must be a host name: labels of letters, digits, - and _ with dots between, international names in their xn-- form',
    ],
    ['--stack /a/b', '--stack is for hosts of an application, whose name is missing'],
    ['app', '--stack is required'],
    ['app --stack /a', '--stack /a: must be /<data center>/<zone>'],
    ['app --stack /a/b', '--flavor is required'],
    [
      'app --stack /a/b --flavor 1/2',
      '--flavor 1/2: is no name: it is empty, has a / in it, or is . or ..',
    ],
    ['app --stack /a/b --flavor 1', '--ipv4 is required'],
    ['app --stack /a/b --flavor 1 --port 80', '--port is for hosts of no application'],
    ['a/b --stack /a/b --flavor 1', 'a/b is no name of an application'],
    ['app other', 'one application at a time: other is too much'],
    [
      'app --stack /a/b --flavor 1 --ipv4 ::1',
      '--ipv4 ::1: must be a host name: labels of letters, digits, - and _ with dots between, international names in their xn-- form',
    ],
    [
      '--path /a --host h --port 1 --weight 101',
      '--weight 101: must be a whole number from 0 to 100',
    ],
    [
      '--path /a --host h --port 1 --id ..',
      '--id ..: is no name: it is empty, has a / in it, or is . or ..',
    ],
  ]
  for (const [text, message] of cases)
    t.throws(() => readRegistrant(text.split(' ').filter(Boolean)), { message }, text)
  t.throws(() => readRegistrant(['--colour']), { message: /Unknown option '--colour'/ })
  t.end()
})

import { test } from 'tap'
import { runPointsman, type Run } from '../support/pointsman.js'

const HOST = ['--path', '/services/web', '--host', '10.0.0.1', '--port', '80']
const HINT = 'register --help tells how it is used\n'

function register(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Run> {
  return runPointsman(['register', ...args], variables)
}

test('register says how it is used', async (t) => {
  const { code, stdout } = await register(['--help'], {})
  t.equal(code, 0)
  t.match(stdout, /^Usage: node dist\/app\.js register <application>/)
})

test('register says what it cannot do, and ends with exit code 1', async (t) => {
  const ensemble = { ZOOKEEPER_HOSTS: '127.0.0.1:1' }
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] =
    [
      [HOST, {}, 'ZOOKEEPER_HOSTS: is required\n'],
      [
        HOST,
        { ZOOKEEPER_HOSTS: 'zk:x' },
        'ZOOKEEPER_HOSTS: "zk:x": its port must be a whole number from 1 to 65535\n',
      ],
      [['--path', '/a'], ensemble, `--port is required\n${HINT}`],
      [['app'], ensemble, `--stack is required\n${HINT}`],
    ]
  for (const [args, variables, stderr] of cases)
    t.same(await register(args, variables), { code: 1, stdout: '', stderr }, args.join(' '))
})

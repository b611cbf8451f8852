import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'tap'
import { environment } from '../support/environment.js'
import { runPointsman } from '../support/pointsman.js'

const GOOD = environment([{ prefix: '/', targets: '127.0.0.1:1' }], { LISTENER_HOST: '127.0.0.1' })

/** What is wrong each by itself. */
const WRONG = {
  LISTENER_PORT: 'abc',
  CONNECTION_TIMEOUT: '-1',
  ACCESS_LOG: 'some',
  TRUST_PROXY: 'nobody',
  MAX_BODY_SIZE: '1.5',
  LISTENER_KEEPALIVE: '1',
  TARGET_GROUP_1_TARGETS: '127.0.0.1:99999',
  TARGET_GROUP_1_TARGTS: '127.0.0.1:80',
  TARGET_GROUP_2_NAME: 'web',
  TARGET_GROUP_2_TARGETS: '127.0.0.1:80;weight=0',
  TARGET_GROUP_4_ALGORITHM: 'GUESSING',
  LISTENER_RULE_1_PATH_PREFIX: 'no-slash',
  LISTENER_RULE_1_TARGET_GROUP: 'nowhere',
  LISTENER_RULE_4_PATH_MATCH: 'regex',
  LISTENER_RULE_4_PRESERVE_HOST: 'perhaps',
}

/** What is right, but for the partners it lacks and the name that another has too. */
const PARTNERS = {
  LISTENER_TLS_CERT: '/not/there.pem',
  TARGET_GROUP_1_NAME: 'web',
  TARGET_GROUP_3_TARGETS: '127.0.0.1:80',
  TARGET_GROUP_4_NAME: 'api',
  TARGET_GROUP_4_TARGETS: '',
  LISTENER_RULE_2_PATH_PREFIX: '/x',
  LISTENER_RULE_3_TARGET_GROUP: 'api',
  LISTENER_RULE_4_PATH_PREFIX: '/y',
  LISTENER_RULE_4_TARGET_GROUP: 'api',
}
const MISSING = [
  'LISTENER_TLS_KEY',
  'TARGET_GROUP_3_NAME',
  'LISTENER_RULE_2_TARGET_GROUP',
  'LISTENER_RULE_3_PATH_PREFIX',
]

test('--check says whether the configuration is right, and starts nothing', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  // Listening on TCP, the address is an AddressInfo.
  const { port } = taken.address() as AddressInfo
  const good = { ...GOOD, LISTENER_PORT: String(port), MANAGEMENT_PORT: String(port) }
  const { code, stderr } = await runPointsman(['--check'], good)
  t.equal(code, 0, 'a port that is taken is none of its business')
  t.equal(stderr, '')
  const empty = await runPointsman(['--check'], { ...good, TARGET_GROUP_1_TARGETS: '' })
  t.equal(empty.code, 0)
  t.match(empty.stderr, 'TARGET_GROUP_1_TARGETS', 'an empty group is warned about')
})

test('A bad configuration is refused with every problem at once', async (t) => {
  for (const args of [['--check'], []]) {
    const { code, stdout, stderr } = await runPointsman(args, { ...WRONG, ...PARTNERS })
    t.equal(code, 1)
    t.equal(stdout, '', 'nothing started')
    const lines = stderr.trimEnd().split('\n')
    for (const name of [...Object.keys(WRONG), ...MISSING]) {
      t.equal(
        lines.filter((line) => line.startsWith(name)).length,
        1,
        `${name} is complained about`,
      )
    }
  }
})

test('A port that is taken ends the start', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  // Listening on TCP, the address is an AddressInfo.
  const { port } = taken.address() as AddressInfo
  for (const name of ['LISTENER_PORT', 'MANAGEMENT_PORT']) {
    const variables = { ...GOOD, LISTENER_PORT: '0', [name]: String(port) }
    const { code, stdout } = await runPointsman([], variables)
    t.equal(code, 1)
    t.match(stdout, 'LISTEN_FAILED')
  }
})

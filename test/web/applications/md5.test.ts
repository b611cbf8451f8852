import { createHash as nodeHash } from 'node:crypto'
import { isIPv6 as nodeIsIpv6 } from 'node:net'
import { test } from 'tap'
import { createHash } from '../../../web/src/browser/node-crypto.js'
import { isIPv6 } from '../../../web/src/browser/node-net.js'

test('The browser hashes as Node.js does, whatever the length', (t) => {
  for (let length = 0; length < 200; length++) {
    const text = 'aé𝄞'.repeat(length).slice(0, length)
    const expected = nodeHash('md5').update(text).digest('hex')
    t.equal(createHash('md5').update(text).digest('hex'), expected, `${length}`)
  }
  t.equal(
    createHash('md5').update('message ').update('digest').digest('hex'),
    'f96b697d7cb7938d525a2f31aaf161d0',
    'a vector of RFC 1321',
  )
  t.throws(() => createHash('sha256'), /no sha256/)
  t.end()
})

test('The browser knows IPv6 addresses as Node.js does', (t) => {
  for (const text of ['::1', '1::2::3', 'fe80::1%eth0', '::ffff:1.2.3.4', '1.2.3.4', '', '12345::'])
    t.equal(isIPv6(text), nodeIsIpv6(text), text)
  t.end()
})

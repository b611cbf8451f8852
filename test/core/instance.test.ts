import { test } from 'tap'
import { applicationGroup, instanceTarget, listedId, reached } from '../../src/core/instance.js'
import type { Instance, Target } from '../../src/core/target.js'

const STACK = '/DC/AZ/1.45'

function targetOf(addresses: Omit<Instance, 'stack'>, weight = 10): Target {
  const target = instanceTarget({ stack: STACK, ...addresses }, weight)
  if (!target) throw new Error('there is no target')
  return target
}

test('A registered host is a target that is named by its stack and its addresses', (t) => {
  const both = targetOf({ ipv4: '10.0.0.1', ipv6: 'fd00::1' })
  t.equal(both.id, '/DC/AZ/1.45#10.0.0.1,fd00::1')
  t.equal(both.address, '10.0.0.1')
  t.equal(both.weight, 10)
  t.same(both.instance, { stack: STACK, ipv4: '10.0.0.1', ipv6: 'fd00::1' })
  t.equal(targetOf({ ipv6: 'fd00::1' }).id, '/DC/AZ/1.45#fd00::1')
  t.equal(targetOf({ ipv4: 'box-1.example.com' }).address, 'box-1.example.com')
  t.end()
})

test('What can be no address is left out, and a host that has nothing else is no target', (t) => {
  for (const ipv4 of ['', 'a b', '10.0.0.1\r\nSet-Cookie: a', '10.0.0.1/x', 'a@b', '-a', 'a..b']) {
    t.equal(instanceTarget({ stack: STACK, ipv4 }, 1), undefined, JSON.stringify(ipv4))
    t.same(targetOf({ ipv4, ipv6: '::1' }).instance, { stack: STACK, ipv6: '::1' })
  }
  t.equal(instanceTarget({ stack: STACK }, 1), undefined)
  t.end()
})

test('A host is reached by the protocol, the port and the family that are asked for', (t) => {
  const host = targetOf({ ipv4: '10.0.0.1', ipv6: 'fd00::1' })
  const four = reached(host, { scheme: 'https', port: 8443, family: 4 })
  const six = reached(host, { scheme: 'http', port: 80, family: 6 })
  t.match(four, { scheme: 'https', port: 8443, address: '10.0.0.1', host: '10.0.0.1', weight: 10 })
  t.match(six, { scheme: 'http', port: 80, address: 'fd00::1' })
  t.not(four?.id, six?.id)
  for (const target of [host, four, six]) t.equal(target && listedId(target), host.id)
  t.equal(reached(targetOf({ ipv4: 'a' }), { scheme: 'http', port: 1, family: 6 }), undefined)
  t.end()
})

test('The group of an application has a name that no configured group can have', (t) => {
  t.notMatch(applicationGroup('web'), /^[\w.-]+$/)
  t.end()
})

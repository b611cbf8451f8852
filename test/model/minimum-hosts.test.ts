import { test } from 'tap'
import type { StackHosts } from '../../src/model/document.js'
import { deviationPercent, hostShortages } from '../../src/model/minimum-hosts.js'
import { modelWith, shown, withSlices, type Parts } from './parts.js'

/** So many hosts, from 10.0.<block>.0 on. */
function stack(path: string, count: number, block: number, weight = 5): StackHosts {
  const hosts = Array.from({ length: count }, (_, i) => ({ ipv4: `10.0.${block}.${i}`, weight }))
  return { path, hosts }
}

function shortages(stacks: readonly StackHosts[], parts: Parts): readonly string[] {
  return shown(hostShortages(modelWith(parts), stacks))
}

const NEEDS = (minimumHosts: number): Parts => ({ settings: { minimumHosts } })

test('The deviation is that of Redirector', (t) => {
  t.equal(deviationPercent(35, 5 + 10, 30), 0)
  t.equal(deviationPercent(50, 5 + 10, 30), 30)
  t.equal(deviationPercent(10, 50, 30), 0, 'slices may have more hosts than their part')
  t.equal(deviationPercent(10, 0, 30), 100)
  t.equal(deviationPercent(10, 0, 0), 0)
  t.end()
})

test('A default server without a host is refused', (t) => {
  const code = ['CANT_REDIRECT_TO_DEFAULT /defaultServer/path']
  t.same(shortages([], NEEDS(0)), code)
  t.same(shortages([stack('/DC1/Z1/1.9', 1, 1, 0)], NEEDS(0)), code, 'a host that takes no clients')
  t.same(shortages([stack('/DC2/Z1/1.9', 1, 1)], NEEDS(0)), code, 'a stack that is not whitelisted')
  t.same(shortages([stack('/DC1/Z1/1.9', 1, 1)], NEEDS(0)), [])
  t.end()
})

test('The default server may name one stack', (t) => {
  const parts = {
    ...NEEDS(2),
    defaultServer: { path: '/DC1/Z1/1.9' },
    whitelist: ['/DC1/Z1', '/DC1/Z2'],
  }
  t.same(shortages([stack('/DC1/Z1/1.9', 2, 1)], parts), [])
  const elsewhere = [stack('/DC1/Z1/1.9', 1, 1), stack('/DC1/Z2/1.9', 1, 2)]
  t.same(shortages(elsewhere, parts), ['NOT_ENOUGH_HOSTS_FOR_DEFAULT /settings/minimumHosts'])
  t.end()
})

test('Hosts of the default and of all slices count, each once', (t) => {
  const parts = { ...withSlices([10, '2.0'], [10, '/DC1/Z1/3.0']), ...NEEDS(6) }
  const apart = [stack('/DC1/Z1/1.9', 2, 1), stack('/DC1/Z1/2.0', 2, 2), stack('/DC1/Z1/3.0', 2, 3)]
  t.same(shortages(apart, parts), [])
  const shared = [...apart.slice(0, 2), stack('/DC1/Z1/3.0', 2, 2)]
  t.same(shortages(shared, parts), ['NOT_ENOUGH_HOSTS_FOR_DEFAULT /settings/minimumHosts'])
  t.end()
})

test('Too great a deviation is refused where one is set', (t) => {
  const stacks = [
    stack('/DC1/Z1/1.9', 50, 1),
    stack('/DC1/Z1/2.0', 5, 2),
    stack('/DC1/Z1/3.0', 10, 3),
  ]
  const slices = withSlices([10, '2.0'], [20, '3.0'])
  t.same(shortages(stacks, slices), [])
  t.same(shortages(stacks, { ...slices, settings: { maximumDeviation: 30 } }), [])
  t.same(shortages(stacks, { ...slices, settings: { maximumDeviation: 29 } }), [
    'TOO_MUCH_DEVIATION /settings/maximumDeviation',
  ])
  t.end()
})

test('An absolute URL as the default server needs no host', (t) => {
  t.same(shortages([], { ...NEEDS(5), defaultServer: { url: 'https://fallback.example/' } }), [])
  t.end()
})

import { test } from 'tap'
import type { ServiceRecord } from '../../src/sources/resolver.js'
import { recordsInUse } from '../../src/sources/service-records.js'

function record(name: string, weight: number, priority = 0, port = 80): ServiceRecord {
  return { name, port, priority, weight }
}

const CASES: readonly { title: string; records: ServiceRecord[]; used: [string, number][] }[] = [
  { title: 'none', records: [], used: [] },
  {
    title: 'weights that fit stay',
    records: [record('a', 5), record('b', 3)],
    used: [
      ['a', 5],
      ['b', 3],
    ],
  },
  {
    title: 'the heaviest becomes 100',
    records: [record('a', 50_000), record('b', 25_000)],
    used: [
      ['a', 100],
      ['b', 50],
    ],
  },
  {
    title: 'no weight vanishes',
    records: [record('a', 65_535), record('b', 1), record('c', 0)],
    used: [
      ['a', 100],
      ['b', 1],
      ['c', 1],
    ],
  },
  {
    title: 'weights of zero are equal',
    records: [record('a', 0), record('b', 0)],
    used: [
      ['a', 1],
      ['b', 1],
    ],
  },
  {
    title: 'the lowest priority alone',
    records: [record('a', 9, 20), record('b', 1, 10), record('c', 2, 10)],
    used: [
      ['b', 1],
      ['c', 2],
    ],
  },
  {
    title: 'a heavy reserve does not scale the others down',
    records: [record('a', 60_000, 20), record('b', 10, 10)],
    used: [['b', 10]],
  },
  {
    title: 'ordered by name',
    records: [record('b', 1), record('a', 1)],
    used: [
      ['a', 1],
      ['b', 1],
    ],
  },
  { title: 'the root is no host', records: [record('', 1), record('.', 1)], used: [] },
]

for (const { title, records, used } of CASES) {
  test(`records in use: ${title}`, (t) => {
    t.same(
      recordsInUse(records).map(({ name, weight }) => [name, weight]),
      used,
    )
    t.end()
  })
}

test('records of one host are ordered by port', (t) => {
  const ports = recordsInUse([record('a', 1, 0, 82), record('a', 1, 0, 81)]).map(({ port }) => port)
  t.same(ports, [81, 82])
  t.end()
})

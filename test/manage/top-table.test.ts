import { test, type Test } from 'tap'
import { age, figure, printable } from '../../src/manage/top/format.js'
import { frameLines, mostScrolled } from '../../src/manage/top/frame.js'
import { tableLines, type Column } from '../../src/manage/top/layout.js'
import { statusTable, summary } from '../../src/manage/top/table.js'
import { statusOf, type StatusView } from '../../src/manage/status.js'
import { FakeService } from './managed-service.js'

const PLAIN = { width: Infinity, hasColors: false }

const AGES = [
  [0, '0s'],
  [59.9, '59s'],
  [60, '1m 0s'],
  [3599, '59m 59s'],
  [3600, '1h 0m'],
  [86_399, '23h 59m'],
  [90_000, '1d 1h'],
  [-5, '0s'],
] as const

test('an age is as exact as somebody wants it', (t) => {
  for (const [seconds, text] of AGES) t.equal(age(seconds), text)
  t.end()
})

const FIGURES = [
  [null, '–'],
  [0, '0'],
  [0.004, '0.00'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [99.96, '100.0'],
  [1234.5, '1235'],
] as const

test('a figure takes few characters', (t) => {
  for (const [value, text] of FIGURES) t.equal(figure(value), text)
  t.end()
})

test('text from elsewhere cannot speak to the terminal', (t) => {
  t.equal(printable('a\x1b[2Jb\r\nc\x9bd\x7f'), 'a?[2Jb??c?d?')
  t.equal(printable('grün – 東京'), 'grün – 東京')
  t.end()
})

const COLUMNS: readonly Column[] = [
  { title: 'NAME', align: 'left', isElastic: true, giveUp: 0 },
  { title: 'N', align: 'right', giveUp: 1 },
  { title: 'WHY', align: 'left', isElastic: true, giveUp: 2 },
]
const ROWS = [
  [{ text: 'a name of some length' }, { text: '12345' }, { text: 'a reason of some length' }],
  [{ text: 'b' }, { text: '1' }, { text: '' }],
]

const WIDTHS: readonly (readonly [width: number, lines: readonly string[]])[] = [
  [
    Infinity,
    [
      'NAME                       N  WHY',
      'a name of some length  12345  a reason of some length',
      'b                          1',
    ],
  ],
  [
    45,
    [
      'NAME                       N  WHY',
      'a name of some length  12345  a reason of so…',
      'b                          1',
    ],
  ],
  [34, ['NAME               N  WHY', 'a name of so…  12345  a reason of…', 'b                  1']],
  [24, ['NAME                   N', 'a name of some l…  12345', 'b                      1']],
  [18, ['NAME', 'a name of some le…', 'b']],
  [5, ['NAME', 'a na…', 'b']],
]

test('a table fits: columns are cut short, and given up in their order', (t) => {
  for (const [width, lines] of WIDTHS) {
    const found = tableLines(COLUMNS, ROWS, width, false)
    t.same(found, lines, String(width))
    for (const line of found) t.ok(line.length <= width)
  }
  t.end()
})

test('styles are written only where there are colors, and do not count', (t) => {
  const rows = [[{ text: 'a', style: '31' }, { text: '1' }, { text: '' }]]
  t.equal(tableLines(COLUMNS, rows, 40, true)[1], '\x1b[31ma   \x1b[0m  1')
  t.equal(tableLines(COLUMNS, rows, 40, false)[1], 'a     1')
  t.end()
})

test('the table shows groups and their targets, and why one is down', (t) => {
  const service = new FakeService(t)
  service.beBusy()
  const status = statusOf(service, service.startedAtMs + 90_000)
  t.equal(
    summary(status),
    'Pointsman 1.2.3 · serving · up 1m 30s · 1 of 2 targets serve · 11.0 requests/s · 1.00 errors/s',
  )
  t.same(statusTable(status, PLAIN), [
    'GROUP / TARGET  STATE          SINCE  REQ/S  ERR/S  P50 MS  P99 MS  IN FLIGHT  WHY',
    'web             1 of 2 serve           11.0   1.00    11.3    12.5          1',
    '  10.0.0.1:80   healthy       1m 30s   10.0      0    9.00    9.98          1',
    '  10.0.0.2:80   unhealthy     1m 30s   1.00   1.00    1.75    2.00          0  3 checks failed',
    'db              0 of 0 serve              0      0       –       –          0  source lost for 2s: db.internal: no such name',
  ])
  t.end()
})

test('a target that serves although it is down is told from those that do not', (t) => {
  const service = new FakeService(t)
  service.groups = service.groups.map((group) => ({
    ...group,
    targets: group.targets.map((each) => ({ ...each, serves: true })),
  }))
  const rows = statusTable(statusOf(service, service.startedAtMs), PLAIN)
  t.match(rows[2], / healthy {2}/)
  t.match(rows[3], / unhealthy, serves {2}/)
  t.end()
})

test('a target that does not serve although it is well says why', (t) => {
  const service = new FakeService(t)
  service.groups = service.groups.map((group) => ({
    ...group,
    targets: group.targets.map((each) => ({ ...each, serves: false })),
  }))
  const rows = statusTable(statusOf(service, service.startedAtMs), PLAIN)
  t.match(rows[2], / healthy, out .* first check passed$/)
  t.match(rows[3], / unhealthy {2}/)
  t.end()
})

function someStatus(t: Test): StatusView {
  const service = new FakeService(t)
  return statusOf(service, service.startedAtMs)
}

test('a screen is filled, and no more than filled', (t) => {
  const status = someStatus(t)
  const scene = { status, silence: undefined, scrolled: 0 }
  for (const height of [1, 3, 5, 7, 24]) {
    for (const width of [10, 40, 120]) {
      const lines = frameLines(scene, { width, height, hasColors: false })
      t.ok(lines.length <= height, `${width} × ${height}`)
      for (const line of lines) t.ok(line.length <= width, `${width} × ${height}: ${line}`)
    }
  }
  t.end()
})

test('what does not fit can be scrolled to', (t) => {
  const status = someStatus(t)
  const frame = { width: 100, height: 6, hasColors: false }
  t.equal(mostScrolled(status, frame.height), 2)
  t.equal(mostScrolled(status, 24), 0)
  const names = (scrolled: number): readonly string[] =>
    frameLines({ status, silence: undefined, scrolled }, frame).map(
      (line) => line.trim().split(/ {2,}/)[0] ?? '',
    )
  t.same(names(0).slice(3, 5), ['web', '10.0.0.1:80'])
  t.same(names(2).slice(3, 5), ['10.0.0.2:80', 'db'])
  t.match(names(2).at(-1), 'q quit · 3–4 of 4')
  t.end()
})

test('what is wrong with the whole has a line of its own', (t) => {
  const service = new FakeService(t)
  const frame = { width: 100, height: 24, hasColors: false }
  service.obstacles = ['draining']
  const status = statusOf(service, service.startedAtMs)
  const line = (silence: { reason: string; seconds: number } | undefined): string | undefined =>
    frameLines({ status, silence, scrolled: 0 }, frame)[1]
  t.equal(line(undefined), 'not ready: draining')
  t.equal(line({ reason: 'no status', seconds: 65 }), 'no news for 1m 5s: no status')
  t.end()
})

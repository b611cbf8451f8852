import { test } from 'tap'
import { parseLoadResult } from '../../bench/proxy/load.js'
import { parseOptions } from '../../bench/proxy/options.js'
import { toSample, type Sample } from '../../bench/proxy/sample.js'
import { median, summarize } from '../../bench/proxy/summary.js'
import {
  parseAllowedCores,
  parseCpuTicks,
  parsePeakRssKiB,
  processTree,
  TICK_MICROS,
  usageOf,
} from '../../bench/proxy/usage.js'

const load = {
  requests: 1000,
  bytes: 2 ** 20,
  durationMicros: 2e6,
  p50Micros: 1500,
  p99Micros: 9000,
  errors: 2,
}
const subject = { round: 1, case: 'get', contender: 'haproxy' }

function sample(contender: string, round: number, cpuMicrosPerRequest: number): Sample {
  const ticks = (cpuMicrosPerRequest * load.requests) / TICK_MICROS
  return toSample({ ...subject, contender, round }, load, used(ticks, 0, 0))
}

function used(cpuTicks: number, ran: number, waited: number) {
  return { cpuTicks, mainThreads: [{ ran, waited }], peakRssKiB: 2048 }
}

test('CPU ticks are read behind a process name with blanks and brackets', (t) => {
  const stat = '42 (a ) b) R 1 42 42 0 -1 4194304 9 0 0 0 150 50 7 8 20 0 1 0 100 0 0'
  t.equal(parseCpuTicks(stat), 200)
  t.end()
})

test('the peak of resident memory is read, and its absence is an error', (t) => {
  t.equal(parsePeakRssKiB('VmPeak:\t  90 kB\nVmHWM:\t   1234 kB\nVmRSS:\t 7 kB\n'), 1234)
  t.throws(() => parsePeakRssKiB('Name:\tzombie\n'))
  t.end()
})

test('a list of cores may have ranges and single ones', (t) => {
  t.same(parseAllowedCores('Cpus_allowed_list:\t0-2,5,8-9\n'), [0, 1, 2, 5, 8, 9])
  t.end()
})

test('the usage of a live process can be read', (t) => {
  const usage = usageOf(process.pid)
  const [main] = usage.mainThreads
  t.ok(usage.cpuTicks > 0 && main && main.ran > 0 && main.waited >= 0)
  t.ok(usage.peakRssKiB > 1024)
  t.equal(processTree(process.pid)[0], process.pid)
  t.end()
})

test('only the last line of the load generator is the result', (t) => {
  t.same(parseLoadResult(`Running 1s test\n{"x":1}\n${JSON.stringify(load)}`), load)
  t.end()
})

test('a sample relates CPU time to requests and to the time that passed', (t) => {
  t.match(toSample(subject, load, used(100, 1e9, 0)), {
    requestsPerSecond: 500,
    cpuMicrosPerRequest: 1000,
    busyShare: 0.5,
    disturbedShare: 0,
    p50Ms: 1.5,
    p99Ms: 9,
    peakRssMiB: 2,
    errors: 2,
  })
  t.end()
})

test('waiting for a thread of its own does not count as disturbed', (t) => {
  const cases = [
    { name: 'one thread, foreign process', main: 1e9, waited: 5e8, disturbed: 0.25 },
    { name: 'own threads took all the wait', main: 5e8, waited: 5e8, disturbed: 0 },
    { name: 'own threads took a part of the wait', main: 8e8, waited: 5e8, disturbed: 0.15 },
    { name: 'own threads ran while nothing waited', main: 5e8, waited: 0, disturbed: 0 },
  ]
  for (const { name, main, waited, disturbed } of cases) {
    t.equal(toSample(subject, load, used(100, main, waited)).disturbedShare, disturbed, name)
  }
  // A primary that sleeps, and two workers that share the second.
  const shared = { cpuTicks: 100, peakRssKiB: 0 }
  const mainThreads = [
    { ran: 0, waited: 0 },
    { ran: 5e8, waited: 5e8 },
    { ran: 5e8, waited: 7e8 },
  ]
  t.equal(toSample(subject, load, { ...shared, mainThreads }).disturbedShare, 0.1, 'workers')
  t.end()
})

test('the median is the middle, or the mean of the two in the middle', (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 7]), 6)
  t.equal(median([3]), 3)
  t.end()
})

test('ratios compare the same round, so a machine that slows down cancels out', (t) => {
  const perRound = [
    { haproxy: 10, other: 30 },
    { haproxy: 30, other: 33 },
    { haproxy: 20, other: 40 },
  ]
  const samples = perRound.flatMap(({ haproxy, other }, round) => [
    sample('haproxy', round, haproxy),
    sample('other', round, other),
  ])
  const rows = summarize(samples, 'haproxy')
  t.match(rows, [
    { contender: 'haproxy', cpuMicrosPerRequest: 20, cpuLowest: 10, cpuHighest: 30, errors: 6 },
    { contender: 'other', cpuMicrosPerRequest: 33, cpuLowest: 30, cpuHighest: 40, errors: 6 },
  ])
  t.same(
    rows.map((row) => row.ratios?.cpu),
    [1, 2],
  )
  t.ok(rows.every((row) => row.ratios?.requestsPerSecond === 1 && row.ratios.p99 === 1))
  t.end()
})

test('without the reference there are no ratios', (t) => {
  t.equal(summarize([sample('other', 1, 10)], 'haproxy')[0]?.ratios, undefined)
  t.end()
})

test('a run is complete only with every server, every case and three rounds', (t) => {
  const cases: [string, boolean][] = [
    ['', true],
    ['--rounds 3 --seconds 1', true],
    ['--rounds 2', false],
    ['--quick', false],
    ['--quick --rounds 3', false],
    ['--only haproxy', false],
    ['--cases get-64k', false],
  ]
  for (const [line, complete] of cases) {
    t.equal(parseOptions(line.split(' ').filter(Boolean))?.complete, complete, line)
  }
  t.end()
})

test('servers and cases keep their order whatever the order on the command line', (t) => {
  const plan = parseOptions(['--only', 'haproxy, pointsman', '--cases', 'post-16k,get-120b'])
  t.same(
    plan?.contenders.map(({ name }) => name),
    ['pointsman', 'haproxy'],
  )
  t.same(
    plan?.cases.map(({ name }) => name),
    ['get-120b', 'post-16k'],
  )
  t.end()
})

test('a command line that makes no sense is refused with the reason', (t) => {
  const cases: [string[], RegExp][] = [
    [['--rounds', '0'], /--rounds 0: must be/],
    [['--seconds', '1.5'], /--seconds 1.5: must be/],
    [['--seconds', 'many'], /--seconds many: must be/],
    [['--only', 'haproxy,apache'], /--only apache: unknown; known are pointsman/],
    [['--cases', ''], /--cases : unknown/],
    [['--fast'], /Unknown option '--fast'/],
    [['more'], /Unexpected argument 'more'/],
  ]
  for (const [args, message] of cases) t.throws(() => parseOptions(args), { message })
  t.equal(parseOptions(['--help']), undefined)
  t.end()
})

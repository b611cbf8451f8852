import { test } from 'tap'
import { quantile } from '../../src/telemetry/durations.js'
import { ProcessMeter } from '../../src/telemetry/process-meter.js'
import { ManualClock } from '../support/clock.js'

/** A clock on which timers fire late. */
class LateClock extends ManualClock {
  lateMs = 0

  override after(delayMs: number, action: () => void): ReturnType<ManualClock['after']> {
    return super.after(delayMs + this.lateMs, action)
  }
}

test('an event loop that turns in time has no delay, one that does not is found late', (t) => {
  const clock = new LateClock()
  const meter = new ProcessMeter(clock)
  t.teardown(() => meter.close())
  clock.advance(1000)
  t.equal(meter.sample().delays.seconds, 0)
  clock.lateMs = 200
  clock.advance(10_000)
  const p99 = quantile(meter.sample().delays, 0.99) ?? 0
  t.ok(p99 > 0.15 && p99 <= 0.2, String(p99))
  t.end()
})

test('a sample is plain data', (t) => {
  const meter = new ProcessMeter(new ManualClock())
  t.teardown(() => meter.close())
  const sample = meter.sample()
  t.same(JSON.parse(JSON.stringify(sample)), sample)
  t.same(structuredClone(sample), sample)
  t.ok(sample.cpuSeconds > 0)
  t.ok(sample.residentBytes > sample.heapUsedBytes)
  t.end()
})
